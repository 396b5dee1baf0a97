// Fails if proto/ would break who speaks the last release: `npm run breaking -w @remote-assist/codec`. With `--release` records what is released.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const RELEASE = join('proto', 'release', 'v1.binpb')

const buf = (...args) => spawnSync(join(ROOT, 'node_modules/.bin/buf'), args, { cwd: ROOT, stdio: 'inherit' }).status ?? 1

if (process.argv.includes('--release')) {
  mkdirSync(join(ROOT, 'proto', 'release'), { recursive: true })
  process.exitCode = buf('build', 'proto', '--path', 'proto/remoteassist/v1', '--exclude-source-info', '--output', RELEASE)
} else if (existsSync(join(ROOT, RELEASE))) process.exitCode = buf('breaking', 'proto', '--against', RELEASE)
else console.log(`There is no release yet: the first one makes ${RELEASE} (with --release), and from then on the schema is held to it.`)
