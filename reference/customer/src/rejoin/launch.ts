/** How the program is started again after log-on: as it was started, with the ticket in the place of the code. */
import type { Launch } from './entry.js'

/** Options whose values are of this start alone: the broker's address is given anew. */
const LEFT_OUT = ['--broker']
/** Options without a value. After a restart there is a terminal, and it is asked there. */
const SWITCHES = ['--rejoin', '--window', '--no-window']

/**
 * Program and arguments that take up the ticket.
 * @param args What was given to the command.
 */
export function relaunch(args: readonly string[], broker: string, program: readonly string[] = [process.execPath, process.argv[1] ?? '']): Launch {
  const kept: string[] = []
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] as string
    const [name = ''] = arg.split('=', 1)
    // What is no option is the code: it is void, and nobody else's business.
    if (!arg.startsWith('--') || SWITCHES.includes(arg)) continue
    const words = arg.includes('=') ? [arg] : [arg, ...args.slice(++at, at + 1)]
    if (!LEFT_OUT.includes(name)) kept.push(...words)
  }
  return { argv: [...program, '--rejoin', ...kept, '--broker', broker], folder: process.cwd() }
}
