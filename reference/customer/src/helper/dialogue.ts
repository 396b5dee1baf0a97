/** Asks the system for powers: by `su` for another account's, by `sudo` for those of an administrator. Both read the password from a pipe, when they ask for it. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import type { Authority } from './capability.js'
import { Lines } from './lines.js'
import type { RefusalCode, Scope } from './messages.js'

/** Whose powers are asked for, and with what. */
export interface Asking {
  readonly scope: Scope
  readonly durationMs: number
  /** The worker is told both before it has any powers, and holds to them. */
  readonly authority: Authority
  readonly capability: Buffer
  /** Undefined = the customer's own account. */
  readonly account: string | undefined
  /** Wiped when it is over. */
  readonly password: Buffer
}

/** The worker: its pipes, and its first line, which says that it has the powers, or why it took none. */
export interface Granted {
  readonly worker: ChildProcessWithoutNullStreams
  readonly ready: string
}

/** There are no powers. The message is a sentence for a person. */
export class Refused extends Error {
  override readonly name = 'Refused'
  constructor(
    readonly code: RefusalCode,
    message: string,
  ) {
    super(message)
  }
}

/** PAM reads no longer ones: what is beyond would be the answer to its next question. */
const MAX_PASSWORD_BYTES = 510
/** What su and sudo may say before there is an answer; more is cut off. */
const MAX_SAID = 4_096
const NAME = /^[a-z_][a-z0-9_.@\\-]{0,255}\$?$/i
const WRONG = /authentication failure|does not exist|no password was provided|incorrect password|try again/i
const FORBIDDEN = /not in the sudoers|not allowed to|may not run|permission denied|expired|no longer valid|locked|not available/i

/** How su and sudo are run: the program, its arguments, and the prompts that they will ask with, in order. */
interface Course {
  readonly argv: readonly [string, ...string[]]
  readonly prompts: readonly RegExp[]
}

/**
 * Starts the worker with the powers. Rejects with `Refused`. When `over` is aborted, what is under way is ended: su and sudo, which this program may not
 * kill, find the end of their input.
 */
export async function ask(asking: Asking, over: AbortSignal): Promise<Granted> {
  const { password, account } = asking
  try {
    const impossible = password.length > MAX_PASSWORD_BYTES || password.includes(0) || password.includes('\n')
    if (impossible || (account !== undefined && !NAME.test(account))) throw new Refused('E_CREDENTIALS', 'There is no such account or password.')
    const greeting = randomBytes(16).toString('hex')
    return await converse(courseOf(asking, greeting), greeting, password, over)
  } finally {
    password.fill(0)
  }
}

function courseOf({ scope, durationMs, authority, capability, account }: Asking, greeting: string): Course {
  const token = `${randomBytes(16).toString('hex')}:`
  const shown = [authority.session, authority.customerKey, capability].map(bytes => Buffer.from(bytes).toString('base64url'))
  const worker = [process.execPath, fileURLToPath(new URL('worker.js', import.meta.url)), greeting, `${durationMs}`, ...shown]
  const sudo = ['sudo', '-k', '-S', '-p', token, '--', ...worker]
  const [byToken, byWord] = [new RegExp(`${token}$`), /password: ?$/i]
  if (account === undefined) return { argv: sudo as [string, ...string[]], prompts: [byToken] }
  const direct = scope === 'standard' || account === 'root'
  const shell = `exec ${(direct ? worker : sudo).map(quoted).join(' ')}`
  return { argv: ['su', '--shell', '/bin/sh', '--command', shell, '--', account], prompts: direct ? [byWord] : [byWord, byToken] }
}

/** A word for a shell, as it is. */
const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`

function converse({ argv: [program, ...args], prompts }: Course, greeting: string, password: Buffer, over: AbortSignal): Promise<Granted> {
  const child = spawn(program, args, { cwd: '/', stdio: ['pipe', 'pipe', 'pipe'] })
  const awaited = [...prompts]
  const lines = new Lines()
  let said = ''
  let asked = ''
  const withdraw = () => child.stdin.end()
  const refused = (refusal: Refused) => {
    over.removeEventListener('abort', withdraw)
    return refusal
  }
  return new Promise<Granted>((resolve, reject) => {
    child.stdin.on('error', () => {})
    child.once('error', () => reject(refused(new Refused('E_HOST', `${program} could not be started.`))))
    child.once('close', () => reject(refused(refusalOf(said))))
    if (over.aborted) withdraw()
    over.addEventListener('abort', withdraw, { once: true })
    child.stderr.on('data', (data: Buffer) => {
      said = (said + data.toString()).slice(-MAX_SAID)
      asked = (asked + data.toString()).slice(-MAX_SAID)
      if (![...prompts].some(prompt => prompt.test(asked))) return
      const [next] = awaited
      // Asked once more: it was wrong, and there is no other.
      if (next === undefined || !next.test(asked)) return withdraw()
      awaited.shift()
      asked = ''
      const answer = Buffer.concat([password, Buffer.from('\n')])
      child.stdin.write(answer, () => answer.fill(0))
    })
    child.stdout.on('data', (data: Buffer) => {
      try {
        for (const line of lines.take(data)) if (line.startsWith(`${greeting} `)) arrived(line.slice(greeting.length + 1))
      } catch {
        withdraw()
      }
    })
    const arrived = (ready: string) => {
      over.removeEventListener('abort', withdraw)
      for (const stream of [child.stdout, child.stderr]) stream.removeAllListeners('data').pause()
      child.removeAllListeners('close')
      resolve({ worker: child, ready })
    }
  })
}

function refusalOf(said: string): Refused {
  const last = said.trim().split('\n').at(-1)?.trim() ?? ''
  if (FORBIDDEN.test(said)) return new Refused('E_NOT_PERMITTED', 'This account may not have these powers here.')
  if (WRONG.test(said)) return new Refused('E_CREDENTIALS', 'The account or the password is not right.')
  return new Refused('E_HOST', last === '' ? 'The system gave no powers.' : `The system gave no powers: ${last.slice(-200)}`)
}
