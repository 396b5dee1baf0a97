// Writes src/gen from proto/: `npm run generate -w @remote-assist/codec`. The output depends on proto/ and the pinned tools alone.
// With an argument, the path of another folder, writes there instead.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { limitsOf, renderEnums, renderLimits } from './generate/limits.mjs'
import { adaptMessages } from './generate/messages.mjs'
import { renderRules, rulesOf } from './generate/rules.mjs'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const OUT = process.argv[2] ? resolve(process.argv[2]) : fileURLToPath(new URL('../src/gen', import.meta.url))

/** The control API and what it uses: also spoken as proto3 JSON. */
const WITH_JSON = new Set(['close_code.ts', 'common.ts', 'control.ts'])

/** Makes the folder hold these files and no others. What is right already is left alone, as somebody may be reading it. */
function update(files) {
  mkdirSync(join(OUT, 'messages'), { recursive: true })
  for (const [file, content] of files) {
    const path = join(OUT, file)
    if (!existsSync(path) || readFileSync(path, 'utf8') !== content) writeFileSync(path, content)
  }
  for (const file of readdirSync(OUT, { recursive: true })) {
    if (file !== 'messages' && !files.has(file)) rmSync(join(OUT, file))
  }
}

const scratch = mkdtempSync(join(tmpdir(), 'remote-assist-codec-'))
try {
  const bin = join(ROOT, 'node_modules', '.bin')
  const env = { ...process.env, PATH: `${bin}:${process.env.PATH}` }
  const buf = (...args) => execFileSync(join(bin, 'buf'), args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'], env })

  buf('build', 'proto', '--path', 'proto/remoteassist/v1', '--exclude-source-info', '--output', join(scratch, 'image.json'))
  const image = JSON.parse(readFileSync(join(scratch, 'image.json'), 'utf8'))
  const rules = rulesOf(image)
  const limits = limitsOf(image)

  buf('generate', 'proto', '--path', 'proto/remoteassist/v1', '--template', 'proto/buf.gen.yaml', '--output', scratch)
  const files = new Map([
    ['rules.ts', renderRules(rules)],
    ['rules.json', `${JSON.stringify(rules, null, 2)}\n`],
    ['limits.ts', renderLimits(limits)],
    ['enums.ts', renderEnums(image)],
  ])
  for (const file of readdirSync(join(scratch, 'binary/remoteassist/v1')).sort()) {
    // The options of the schema never cross a wire: their rules are needed as types, their limits not at all.
    if (file === 'limits.ts') continue
    const part = file === 'rules.ts' ? 'types' : WITH_JSON.has(file) ? 'json' : 'binary'
    files.set(`messages/${file}`, adaptMessages(file, readFileSync(join(scratch, part, 'remoteassist/v1', file), 'utf8'), limits))
  }
  update(files)
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
