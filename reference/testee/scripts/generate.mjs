// Writes src/gen from proto/: `npm run generate -w @remote-assist/testee`. The output depends on proto/ and the pinned tools alone.
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const PACKAGE = fileURLToPath(new URL('..', import.meta.url))
const bin = join(ROOT, 'node_modules', '.bin')

execFileSync(
  join(bin, 'buf'),
  [
    'generate',
    join(ROOT, 'proto'),
    '--path',
    join(ROOT, 'proto/remoteassist/conformance/v1/adapter.proto'),
    '--template',
    join(PACKAGE, 'buf.gen.yaml'),
    '--output',
    PACKAGE,
  ],
  { stdio: 'inherit', env: { ...process.env, PATH: `${bin}:${process.env.PATH}` } },
)
