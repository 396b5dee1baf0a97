/** What went wrong, for people: every error has a stable code, a sentence and, where it helps, a hint. */
import { CLOSE_CODES, CloseCode, ElevationReason, RefusalReason } from '@remote-assist/codec'

/** The stable codes. */
export type AssistErrorCode =
  | 'E_PIN_FORMAT'
  | 'E_LINK_FORMAT'
  | 'E_PIN_WRONG'
  | 'E_ATTEMPTS'
  | 'E_CODE_EXPIRED'
  | 'E_CODE_UNKNOWN'
  | 'E_CODE_USED'
  | 'E_UNAUTHENTICATED'
  | 'E_FULL'
  | 'E_NOT_ADMITTED'
  | 'E_THROTTLED'
  | 'E_INCOMPATIBLE'
  | 'E_RESUME'
  | 'E_CONSENT_DENIED'
  | 'E_REMOVED'
  | 'E_STOPPED'
  | 'E_LEFT'
  | 'E_ENDED'
  | 'E_REPLACED'
  | 'E_IDLE'
  | 'E_DURATION'
  | 'E_LINE_LOST'
  | 'E_POLICY'
  | 'E_PROTOCOL'
  | 'E_TIMEOUT'
  | 'E_BROKER'
  | 'E_SECURITY'
  | 'E_CONNECT'
  | 'E_CONTROL_API'
  | 'E_NOT_ACTIVE'
  | 'E_PAUSED'
  | 'E_NO_GRANT'
  | 'E_NOT_IN_CONTROL'
  | 'E_NOT_ELEVATED'
  | 'E_LIMIT'
  | 'E_BUSY'
  | 'E_UNSUPPORTED'
  | 'E_DENIED'
  | 'E_NOT_FOUND'
  | 'E_INVALID'
  | 'E_ELEVATION'
  | 'E_CANCELLED'
  | 'E_AUDIT'

/** Something that a person, or a program on behalf of one, asked for did not work. */
export class AssistError extends Error {
  override readonly name = 'AssistError'
  /** What to do about it. */
  readonly hint: string | undefined
  /** Tries that are left for the PIN, 0–2, where a wrong one was tried and that is known. */
  readonly attemptsLeft: number | undefined
  /** With `E_THROTTLED`: how long to wait before the next try, in ms, where that is known. */
  readonly retryAfterMs: number | undefined

  constructor(
    /** Stable: programs may compare it. */
    readonly code: AssistErrorCode,
    /** A sentence for a person. */
    message: string,
    options: { readonly hint?: string; readonly cause?: unknown; readonly attemptsLeft?: number; readonly retryAfterMs?: number } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.hint = options.hint
    this.attemptsLeft = options.attemptsLeft
    this.retryAfterMs = options.retryAfterMs
  }
}

type Words = readonly [code: AssistErrorCode, message?: string | undefined, hint?: string]

const NEW_CODE = 'Ask the agent for a new one.'

/** Where the sentence is absent, the schema's own is used. */
const CLOSINGS: { readonly [C in CloseCode]?: Words } = {
  [CloseCode.UNSPECIFIED]: ['E_CONNECT', undefined, 'Check the network, then try again.'],
  [CloseCode.LEFT]: ['E_LEFT'],
  [CloseCode.STOPPED]: ['E_STOPPED'],
  [CloseCode.SESSION_ENDED]: ['E_ENDED'],
  [CloseCode.REPLACED]: ['E_REPLACED'],
  [CloseCode.UNAUTHENTICATED]: ['E_UNAUTHENTICATED', undefined, 'Sign in again.'],
  [CloseCode.NOT_FOUND]: ['E_CODE_UNKNOWN', 'There is no session with this code.', 'Check the digits, or ask the agent for a new code.'],
  [CloseCode.CODE_EXPIRED]: ['E_CODE_EXPIRED', 'The code has expired; ask the agent for a new one.'],
  [CloseCode.FULL]: ['E_FULL'],
  [CloseCode.NOT_ADMITTED]: ['E_NOT_ADMITTED'],
  [CloseCode.TAKEN]: ['E_CODE_USED', 'This code has been used.', NEW_CODE],
  [CloseCode.INCOMPATIBLE]: ['E_INCOMPATIBLE', undefined, 'Update the older one.'],
  [CloseCode.RESUME_REFUSED]: ['E_RESUME', undefined, 'Join again with a new code.'],
  [CloseCode.THROTTLED]: ['E_THROTTLED'],
  [CloseCode.CONSENT_DENIED]: ['E_CONSENT_DENIED'],
  [CloseCode.REMOVED]: ['E_REMOVED'],
  [CloseCode.IDLE]: ['E_IDLE'],
  [CloseCode.DURATION]: ['E_DURATION'],
  [CloseCode.GRACE_EXPIRED]: ['E_LINE_LOST', undefined, 'Join again with a new code.'],
  [CloseCode.POLICY]: ['E_POLICY'],
  [CloseCode.TIMEOUT]: ['E_TIMEOUT'],
  [CloseCode.WRONG_SECRET]: ['E_PIN_WRONG', 'That PIN is not right.', 'Check the last six digits with the agent.'],
  [CloseCode.ATTEMPTS]: ['E_ATTEMPTS', 'Too many wrong PINs.', NEW_CODE],
}

/** What is known of an ending beside its code. */
interface Ending {
  /** Tries that remain for the PIN. */
  readonly attemptsLeft?: number | undefined
  /** Who did not prove a secret was coming back: no PIN was asked for. */
  readonly returning?: boolean
  readonly cause?: unknown
  readonly retryAfterMs?: number
}

/** The error that an ending or a refusal means. */
export function closeError(ending: CloseCode, { attemptsLeft, returning = false, cause, retryAfterMs }: Ending = {}): AssistError {
  const code = returning && ending === CloseCode.WRONG_SECRET ? CloseCode.RESUME_REFUSED : ending
  const [name, message, hint] = CLOSINGS[code] ?? [code >= 600 ? 'E_SECURITY' : code >= 500 ? 'E_BROKER' : 'E_PROTOCOL']
  const sentence = message ?? CLOSE_CODES[code]?.sentence ?? 'The session ended.'
  const options = { ...(hint === undefined ? {} : { hint }), cause }
  if (code === CloseCode.WRONG_SECRET && attemptsLeft !== undefined)
    return new AssistError(name, `That PIN is not right; ${tries(attemptsLeft)}.`, { ...options, attemptsLeft })
  if (code === CloseCode.THROTTLED && retryAfterMs)
    return new AssistError(name, `Too many attempts; wait ${Math.ceil(retryAfterMs / 1_000)} s.`, { ...options, retryAfterMs })
  return new AssistError(name, sentence, options)
}

const tries = (left: number): string => (left === 0 ? 'no try is left' : left === 1 ? '1 try is left' : `${left} tries are left`)

const REFUSALS: { readonly [R in RefusalReason]: Words } = {
  [RefusalReason.UNSPECIFIED]: ['E_PROTOCOL', 'The request was refused.'],
  [RefusalReason.NOT_ACTIVE]: ['E_NOT_ACTIVE', 'The customer is not in the session at the moment.'],
  [RefusalReason.PAUSED]: ['E_PAUSED', 'The customer paused the session.'],
  [RefusalReason.NO_GRANT]: ['E_NO_GRANT', 'The customer did not allow this.', 'Ask for the permission first.'],
  [RefusalReason.NO_LEASE]: ['E_NOT_IN_CONTROL', 'Somebody else is in control, or nobody is.', 'Take control first.'],
  [RefusalReason.NOT_ELEVATED]: ['E_NOT_ELEVATED', 'This needs elevated powers.', 'Elevate first.'],
  [RefusalReason.POLICY]: ['E_POLICY', 'The administrator’s policy does not allow this.'],
  [RefusalReason.LIMIT]: ['E_LIMIT', 'A limit was reached.', 'Wait a moment, then try again.'],
  [RefusalReason.BUSY]: ['E_BUSY', 'Another request is open.', 'Wait for its answer.'],
  [RefusalReason.UNSUPPORTED]: ['E_UNSUPPORTED', 'The other computer cannot do this.'],
  [RefusalReason.DENIED]: ['E_DENIED', 'The customer said no.'],
  [RefusalReason.TIMEOUT]: ['E_TIMEOUT', 'Nobody answered in time.'],
  [RefusalReason.NOT_FOUND]: ['E_NOT_FOUND', 'It does not exist, or no longer.'],
  [RefusalReason.INVALID]: ['E_INVALID', 'The request makes no sense as it stands.'],
}

/** The error that a refusal means. */
export function refusalError(reason: RefusalReason): AssistError {
  const [code, message, hint] = REFUSALS[reason] ?? REFUSALS[RefusalReason.UNSPECIFIED]
  return new AssistError(code, message ?? 'The request was refused.', hint === undefined ? {} : { hint })
}

/** A refusal in a word, as programs like it: `needs-elevation`, `no-grant`, … */
export type RefusalWord =
  | 'not-active'
  | 'paused'
  | 'no-grant'
  | 'not-in-control'
  | 'needs-elevation'
  | 'policy'
  | 'limit'
  | 'busy'
  | 'unsupported'
  | 'denied'
  | 'timeout'
  | 'not-found'
  | 'invalid'

const WORDS: { readonly [R in RefusalReason]: RefusalWord } = {
  [RefusalReason.UNSPECIFIED]: 'invalid',
  [RefusalReason.NOT_ACTIVE]: 'not-active',
  [RefusalReason.PAUSED]: 'paused',
  [RefusalReason.NO_GRANT]: 'no-grant',
  [RefusalReason.NO_LEASE]: 'not-in-control',
  [RefusalReason.NOT_ELEVATED]: 'needs-elevation',
  [RefusalReason.POLICY]: 'policy',
  [RefusalReason.LIMIT]: 'limit',
  [RefusalReason.BUSY]: 'busy',
  [RefusalReason.UNSUPPORTED]: 'unsupported',
  [RefusalReason.DENIED]: 'denied',
  [RefusalReason.TIMEOUT]: 'timeout',
  [RefusalReason.NOT_FOUND]: 'not-found',
  [RefusalReason.INVALID]: 'invalid',
}

/** The word for a refusal. */
export const refusalWord = (reason: RefusalReason): RefusalWord => WORDS[reason] ?? 'invalid'

const ELEVATIONS: { readonly [R in ElevationReason]: string } = {
  [ElevationReason.UNSPECIFIED]: 'Elevation was declined.',
  [ElevationReason.WRONG_CREDENTIALS]: 'The user name or password is wrong.',
  [ElevationReason.NOT_PERMITTED]: 'That account may not do this.',
  [ElevationReason.OS_DECLINED]: 'The system’s prompt was declined.',
  [ElevationReason.HELPER]: 'The elevated helper did not start.',
  [ElevationReason.UNSUPPORTED]: 'The customer’s computer cannot elevate.',
  [ElevationReason.POLICY]: 'The administrator’s policy does not allow elevation.',
  [ElevationReason.DROPPED]: 'Elevation was given up.',
  [ElevationReason.DISCONNECTED]: 'The connection dropped; elevation ended with it.',
  [ElevationReason.CONTROL_CHANGED]: 'Control changed hands; elevation ended with it.',
  [ElevationReason.LOCKED]: 'The computer was locked; elevation ended with it.',
  [ElevationReason.TIMEOUT]: 'Nobody answered in time.',
  [ElevationReason.BUSY]: 'Another request for elevation is open.',
  [ElevationReason.NO_GRANT]: 'The customer did not allow elevation in this session.',
  [ElevationReason.WORDS]: 'The verification words must be compared first.',
  [ElevationReason.BACK_OFF]: 'Too many wrong passwords; wait a moment.',
  [ElevationReason.PAUSED]: 'The customer paused the session; ask again when it goes on.',
}

/** The error that the end of an elevation means. `reason` stays readable as `cause`. */
export const elevationError = (reason: ElevationReason): AssistError =>
  new AssistError('E_ELEVATION', ELEVATIONS[reason] ?? ELEVATIONS[ElevationReason.UNSPECIFIED], { cause: ElevationReason[reason] })

/** The error of whoever gave up waiting. */
export const cancelled = (signal: AbortSignal): AssistError => new AssistError('E_CANCELLED', 'The wait was called off.', { cause: signal.reason })
