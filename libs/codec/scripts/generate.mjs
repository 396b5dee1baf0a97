// Writes src/gen from proto/: `npm run generate -w @remote-assist/codec`. The output depends on proto/ and the pinned tools alone.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const OUT = fileURLToPath(new URL('../src/gen', import.meta.url))

/** The control API and what it uses: also spoken as proto3 JSON. */
const WITH_JSON = new Set(['close_code.ts', 'common.ts', 'control.ts'])

const scratch = mkdtempSync(join(tmpdir(), 'remote-assist-codec-'))
try {
  const bin = join(ROOT, 'node_modules', '.bin')
  const buf = (...args) =>
    execFileSync(join(bin, 'buf'), args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, PATH: `${bin}:${process.env.PATH}` } })
  buf('generate', 'proto', '--template', 'proto/buf.gen.yaml', '--output', scratch)
  rmSync(OUT, { recursive: true, force: true })
  mkdirSync(OUT, { recursive: true })
  for (const file of readdirSync(join(scratch, 'binary/remoteassist/v1')).sort()) {
    const source = readFileSync(join(scratch, WITH_JSON.has(file) ? 'json' : 'binary', 'remoteassist/v1', file), 'utf8')
    writeFileSync(join(OUT, file), source)
  }
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
