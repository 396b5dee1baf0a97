import type { DesktopState } from './state.js'

/** What a command of the virtual machine may use. */
export interface CommandContext {
  readonly state: DesktopState
  /** The account that it runs as. */
  readonly account: string
  readonly signal: AbortSignal
  out(text: string): void
  err(text: string): void
  /** Resolves when the desktop's clock went on by that many seconds, or when the command was ended. */
  passed(seconds: number): Promise<void>
}

type Command = (args: readonly string[], context: CommandContext) => number | Promise<number>

/** The programs of the virtual machine, by name; each returns its exit code. */
const COMMANDS: Readonly<Record<string, Command>> = {
  whoami: (_, { out, account }) => {
    out(`desk\\${account}\r\n`)
    return 0
  },
  hostname: (_, { out }) => {
    out('DESK\r\n')
    return 0
  },
  echo: (args, { out }) => {
    out(`${args.join(' ')}\r\n`)
    return 0
  },
  exit: ([code = '0']) => Number.parseInt(code, 10) || 0,
  sleep: async ([seconds = '1'], { passed, err }) => {
    const duration = Number(seconds)
    if (!Number.isFinite(duration) || duration < 0) {
      err(`sleep: '${seconds}' is not a number of seconds\r\n`)
      return 1
    }
    await passed(duration)
    return 0
  },
  'update-driver': (_, { out, state }) => {
    out('Downloading driver 3.2 ... done\r\n')
    state.driver = 'up to date'
    out('Installed.\r\n')
    return 0
  },
}

const NOT_FOUND = 9009

/** Runs a command to its end and returns its exit code; 9009 if there is none of that name. */
export async function runCommand(argv: readonly string[], context: CommandContext): Promise<number> {
  const [name = '', ...args] = argv
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (command) return command(args, context)
  context.err(`'${name}' is not recognized as a command.\r\n`)
  return NOT_FOUND
}
