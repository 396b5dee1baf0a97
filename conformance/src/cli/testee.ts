/** Attaches the implementation that the command line names. */
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { attachChild, attachDialIn, LaggingLines, type Testee } from '../adapter/index.js'
import { usage } from './exit.js'
import type { TesteeChoice } from './options.js'
import { PACKAGE, type Terminal } from './terminal.js'

/** This suite's version. */
export const SUITE: string = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8')).version

const REFERENCE = resolve(PACKAGE, '..', 'reference', 'testee', 'dist', 'main.js')

/** The program that plays the reference implementations, as arguments of Node. Throws where there is none. */
export function referenceCommand(): readonly [string, ...string[]] {
  if (!existsSync(resolve(PACKAGE, '..', 'reference')))
    throw usage('--reference works inside the repository, where the reference implementations are.', 'Put your own adapter behind --.')
  if (!existsSync(REFERENCE)) throw usage('The reference implementations are not built.', 'npx turbo run build --filter=@remote-assist/testee')
  return [process.execPath, REFERENCE]
}

/** Whether the reference implementations are at hand. */
export const hasReference = (): boolean => existsSync(REFERENCE)

/** Program and arguments that the choice names. */
export function commandOf({ reference, command }: TesteeChoice): readonly [string, ...string[]] {
  if (reference) return referenceCommand()
  const [program = '', ...args] = command
  return [program, ...args]
}

/** Attaches it, with further variables in its environment. Rejects with `AdapterError`, `AdapterHang` or `TesteeCrash`. */
export async function attach(choice: TesteeChoice, terminal: Terminal, env: Readonly<Record<string, string>> = {}): Promise<Testee> {
  const { wire, lagMs } = choice
  const lines = new LaggingLines(lagMs)
  const common = { wire, suite: SUITE, ...(lagMs === 0 ? {} : { detour: (target: string) => lines.detour(target) }) }
  if (choice.attach !== undefined)
    return attachDialIn(choice.attach, { ...common, listening: url => terminal.err(`Waiting for the testee to dial in at ${url} …`) })
  const [program, ...args] = commandOf(choice)
  return attachChild(program, args, { ...common, env, cwd: terminal.folder })
}
