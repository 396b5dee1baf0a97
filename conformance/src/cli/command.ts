/** The command `remote-assist-conformance`. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AdapterError, AdapterHang, TesteeCrash } from '../adapter/index.js'
import { catalogue } from '../cases/catalogue.js'
import { runCases } from '../cases/run.js'
import { loadRegistry } from '../registry/index.js'
import { COMMANDS, USAGE } from './commands/index.js'
import { Abort, EXIT, type ExitCode } from './exit.js'
import type { Suite } from './suite.js'
import { PACKAGE, type Terminal } from './terminal.js'

/** What people wrote below `cases`, as it was built. */
const CASES = join(PACKAGE, 'dist/data/cases.json')

/** The suite as it is shipped: its registry, its cases, its players. */
export function shippedSuite(): Suite {
  const registry = loadRegistry()
  let cases: Suite['cases'] | undefined
  return {
    registry,
    get cases() {
      cases ??= catalogue(JSON.parse(readFileSync(CASES, 'utf8')), new Set(registry.requirements.map(({ id }) => id)))
      return cases
    },
    runCases,
  }
}

/** Runs a command; resolves to the exit code. Never rejects. */
export async function main(args: readonly string[], terminal: Terminal, suite: Suite = shippedSuite()): Promise<ExitCode> {
  const [name, ...rest] = args
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    terminal.out(USAGE)
    return name === undefined ? EXIT.usage : EXIT.conformant
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (command === undefined) {
    terminal.err(`There is no command “${name}”; there are ${Object.keys(COMMANDS).join(', ')}.`)
    return EXIT.usage
  }
  if (rest[0] === '--help') {
    terminal.out(`${command.usage}\n  ${command.summary}\n\n“help” shows every option.`)
    return EXIT.conformant
  }
  try {
    return await command.act(suite, rest, terminal)
  } catch (error) {
    return tell(error, terminal)
  }
}

function tell(error: unknown, terminal: Terminal): ExitCode {
  if (error instanceof Abort) {
    terminal.err(`${error.message}${error.hint === '' ? '' : `\n${error.hint}`}`)
    return error.exit
  }
  if (error instanceof AdapterError)
    terminal.err(`The adapter broke the contract: ${error.message}${error.hint === undefined ? '' : `\n${error.hint}`}\n“doctor” tells more.`)
  else if (error instanceof AdapterHang || error instanceof TesteeCrash) terminal.err(`${error.message}\n“doctor” tells more.`)
  else terminal.err(`The suite failed: ${error instanceof Error ? (error.stack ?? error.message) : error}`)
  return EXIT.harness
}
