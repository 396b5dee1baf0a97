/** `init`: a folder with an adapter to begin from. */
import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { EXIT, type ExitCode, usage } from '../exit.js'
import { oneOf, read } from '../options.js'
import type { Suite } from '../suite.js'
import { PACKAGE, type Terminal } from '../terminal.js'

const LANGUAGES = ['python', 'go', 'rust', 'typescript'] as const
const RUN: Readonly<Record<(typeof LANGUAGES)[number], string>> = {
  python: 'python3 adapter.py',
  go: 'go run .',
  rust: 'cargo run --quiet',
  typescript: 'npx tsx adapter.ts',
}

const CONTRACT = join(PACKAGE, 'dist/data/proto/remoteassist/conformance/v1/adapter.proto')

/** Copies the template of a language, and the contract, into a folder, which must not hold anything yet. */
export function init(_suite: Suite, args: readonly string[], terminal: Terminal): ExitCode {
  const { words } = read(args, {})
  const [language, folder, ...more] = words
  if (language === undefined || folder === undefined || more.length > 0)
    throw usage(`init takes a language and a folder, as in: init python my-adapter`, `There are ${LANGUAGES.join(', ')}.`)
  const chosen = oneOf('init', language, LANGUAGES)
  const target = resolve(terminal.folder, folder)
  if (existsSync(target) && readdirSync(target).length > 0) throw usage(`${folder} is not empty.`)
  cpSync(join(PACKAGE, 'templates', chosen), target, { recursive: true })
  cpSync(CONTRACT, join(target, basename(CONTRACT)))
  terminal.out(`${readFileSync(join(target, 'README.md'), 'utf8')}\nIn ${target}:\n  npx remote-assist-conformance doctor --wire jsonl -- ${RUN[chosen]}`)
  return EXIT.conformant
}
