/** What the customer's program and its privileged helper say to each other. Everything that arrives is checked before it counts. */

import type { Authority } from './capability.js'

/** How far the powers reach: another account's, or those of an administrator. */
export type Scope = 'standard' | 'admin'

/** Why there are no powers, or none any more. */
export type RefusalCode = 'E_CREDENTIALS' | 'E_NOT_PERMITTED' | 'E_CAPABILITY' | 'E_HOST'

/** To the door: make a key for one set of credentials of this request, 16 bytes of session id. Answered by `key`. */
export interface KeyWanted {
  readonly type: 'key'
  readonly session: Buffer
  readonly requestId: number
}

/** To the door: elevate, by sealed credentials, or by the password of the customer's own account, whose bytes follow the line as they are. Answered by `ready` or `refused`. Once. */
export interface Start {
  readonly type: 'start'
  readonly scope: Scope
  readonly durationMs: number
  /** Whose capabilities count, and the first of them, signed. */
  readonly authority: Authority
  readonly capability: Buffer
  readonly with: { readonly sealed: Buffer } | { readonly passwordBytes: number }
}

/** To the worker: the agent's next capability, signed. If it does not hold, the answer is `refused`. */
export interface Renewal {
  readonly type: 'capability'
  readonly signed: Buffer
}

/** To the worker: run this, as another account if `as` is not empty. Answered by `output`, and at last `exit`. */
export interface Run {
  readonly type: 'run'
  readonly id: number
  readonly argv: readonly string[]
  readonly as: string
}

/** To the worker: end a command and everything it started. */
export interface Cancel {
  readonly type: 'cancel'
  readonly id: number
}

/** To the worker: so many bytes of output of a command were taken. */
export interface Took {
  readonly type: 'took'
  readonly id: number
  readonly bytes: number
}

export type ToDoor = KeyWanted | Start
export type ToWorker = Renewal | Run | Cancel | Took

/** From the helper, to the customer's program. */
export type FromHelper =
  /** The one-use key, X25519, 32 bytes in base64. */
  | { readonly type: 'key'; readonly key: string }
  /** The powers are there, as this user. */
  | { readonly type: 'ready'; readonly uid: number }
  /** There are none, or none any more; the helper ends. */
  | { readonly type: 'refused'; readonly code: RefusalCode; readonly message: string }
  /** Base64. */
  | { readonly type: 'output'; readonly id: number; readonly stream: 'stdout' | 'stderr'; readonly data: string }
  /** `by`: it was ended by this signal, or did not start for this reason; `E_CAPABILITY`: it was not allowed. */
  | { readonly type: 'exit'; readonly id: number; readonly code?: number; readonly by?: string }

/** What arrived is none of the messages: the helper ends. */
export class BadMessage extends Error {
  override readonly name = 'BadMessage'
}

/** Most arguments of a command, and bytes of all of them. */
const MAX_ARGUMENTS = 64
const MAX_ARGUMENT_BYTES = 32_768
const MAX_SEALED_BYTES = 4_096
const MAX_CAPABILITY_BYTES = 1_024
const MAX_PASSWORD_BYTES = 1_024
const MAX_ACCOUNT_BYTES = 256
const SESSION_ID_BYTES = 16
const SESSION_KEY_BYTES = 32
/** The longest elevation of the protocol, ms. */
const MAX_DURATION_MS = 3_600_000
const MAX_UINT32 = 0xffff_ffff

/** Reads a line for the door. Throws `BadMessage`. */
export function readToDoor(line: string): ToDoor {
  const it = objectOf(line)
  switch (it.type) {
    case 'key':
      return { type: 'key', session: bytesOf(it.session, SESSION_ID_BYTES, SESSION_ID_BYTES), requestId: numberOf(it.requestId, 0, MAX_UINT32) }
    case 'start': {
      if (it.scope !== 'standard' && it.scope !== 'admin') throw new BadMessage('There is no such scope.')
      const durationMs = numberOf(it.durationMs, 1, MAX_DURATION_MS)
      const secret =
        it.sealed === undefined ? { passwordBytes: numberOf(it.passwordBytes, 0, MAX_PASSWORD_BYTES) } : { sealed: bytesOf(it.sealed, 0, MAX_SEALED_BYTES) }
      const authority = {
        session: bytesOf(it.session, SESSION_ID_BYTES, SESSION_ID_BYTES),
        customerKey: bytesOf(it.customerKey, SESSION_KEY_BYTES, SESSION_KEY_BYTES),
      }
      return { type: 'start', scope: it.scope, durationMs, authority, capability: capabilityOf(it.capability), with: secret }
    }
    default:
      throw new BadMessage('There is no such message.')
  }
}

/** Reads a line for the worker. Throws `BadMessage`. */
export function readToWorker(line: string): ToWorker {
  const it = objectOf(line)
  if (it.type === 'capability') return { type: 'capability', signed: capabilityOf(it.signed) }
  const id = numberOf(it.id, 0, MAX_UINT32)
  switch (it.type) {
    case 'run':
      return { type: 'run', id, argv: argumentsOf(it.argv), as: textOf(it.as, MAX_ACCOUNT_BYTES) }
    case 'cancel':
      return { type: 'cancel', id }
    case 'took':
      return { type: 'took', id, bytes: numberOf(it.bytes, 0, MAX_UINT32) }
    default:
      throw new BadMessage('There is no such message.')
  }
}

function objectOf(line: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line)
    if (typeof value === 'object' && value !== null) return value as Readonly<Record<string, unknown>>
  } catch {
    // Said below.
  }
  throw new BadMessage('A line is no message.')
}

function numberOf(value: unknown, least: number, most: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value
  throw new BadMessage(`A number is not between ${least} and ${most}.`)
}

function textOf(value: unknown, mostBytes: number): string {
  if (typeof value === 'string' && Buffer.byteLength(value) <= mostBytes) return value
  throw new BadMessage(`A text is missing, or has more than ${mostBytes} bytes.`)
}

function bytesOf(value: unknown, least: number, most: number): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'base64') : undefined
  if (bytes !== undefined && bytes.length >= least && bytes.length <= most) return bytes
  throw new BadMessage(`Bytes are missing, or not ${least} to ${most}.`)
}

const capabilityOf = (value: unknown): Buffer => bytesOf(value, 0, MAX_CAPABILITY_BYTES)

function argumentsOf(value: unknown): readonly string[] {
  if (!Array.isArray(value) || value.length < 1 || value.length > MAX_ARGUMENTS) throw new BadMessage(`A command has 1 to ${MAX_ARGUMENTS} arguments.`)
  const argv = value.map(argument => textOf(argument, MAX_ARGUMENT_BYTES))
  if (argv.reduce((sum, argument) => sum + Buffer.byteLength(argument), 0) > MAX_ARGUMENT_BYTES)
    throw new BadMessage(`The arguments have more than ${MAX_ARGUMENT_BYTES} bytes.`)
  return argv
}
