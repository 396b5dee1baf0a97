import type { DesktopState } from './state.js'

/** What a command of the virtual machine may use. */
export interface CommandContext {
  readonly state: DesktopState
  /** The account that it runs as. */
  readonly account: string
  readonly signal: AbortSignal
  /** Prints; resolves when the command may go on. */
  out(text: string): Promise<void>
  err(text: string): Promise<void>
  /** Resolves when the desktop's clock went on by that many seconds, or when the command was ended. */
  passed(seconds: number): Promise<void>
}

type Command = (args: readonly string[], context: CommandContext) => number | Promise<number>

/** The programs of the virtual machine, by name; each returns its exit code. */
const COMMANDS: Readonly<Record<string, Command>> = {
  whoami: async (_, { out, account }) => {
    await out(`desk\\${account}\r\n`)
    return 0
  },
  hostname: async (_, { out }) => {
    await out('DESK\r\n')
    return 0
  },
  echo: async (args, { out }) => {
    await out(`${args.join(' ')}\r\n`)
    return 0
  },
  exit: ([code = '0']) => Number.parseInt(code, 10) || 0,
  sleep: async ([seconds = '1'], { passed, err }) => {
    const duration = Number(seconds)
    if (!Number.isFinite(duration) || duration < 0) {
      await err(`sleep: '${seconds}' is not a number of seconds\r\n`)
      return 1
    }
    await passed(duration)
    return 0
  },
  'update-driver': async (_, { out, state }) => {
    await out('Downloading driver 3.2 ... done\r\n')
    state.driver = 'up to date'
    await out('Installed.\r\n')
    return 0
  },
}

const NOT_FOUND = 9009

/** Runs a command to its end and returns its exit code; 9009 if there is none of that name. */
export async function runCommand(argv: readonly string[], context: CommandContext): Promise<number> {
  const [name = '', ...args] = argv
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (command) return command(args, context)
  await context.err(`'${name}' is not recognized as a command.\r\n`)
  return NOT_FOUND
}
