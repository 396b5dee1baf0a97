/**
 * How often a PIN may be tried, at either end. An end counts a try when it releases its share, whatever comes after; whoever guesses has three tries against
 * each end and no other way to test a guess. Time is an argument, in ms of any clock that does not jump.
 */

/** Tries that a code allows at each end. */
export const PIN_TRIES = 3
/** How long an end waits before the first, the second and the third try of a code, in ms from the try before. */
export const TRY_DELAYS_MS = [0, 2_000, 10_000] as const
/** How long a code lives, in ms. */
export const CODE_LIFE_MS = 600_000
/** Codes that an agent may have in a session, one after another. */
export const MAX_CODES = 5

/** How a code stands at one end. Plain data, never changed. */
export interface Code {
  /** 0–3. */
  readonly triesLeft: number
  /** No share may be released before this instant. */
  readonly earliest: number
  /** No exchange may begin from this instant on. */
  readonly expiresAt: number
  /** An exchange is under way: there is one at a time. */
  readonly busy: boolean
  /** Somebody proved it: nobody else may. */
  readonly burned: boolean
}

/** Whether an exchange may begin, with the code as it stands then. */
export type Claim =
  | { readonly type: 'granted'; readonly code: Code }
  /** Not yet: another exchange is under way (`until` is undefined), or the delay is not over. */
  | { readonly type: 'wait'; readonly until: number | undefined }
  /** Never again with this code. */
  | { readonly type: 'refused'; readonly reason: 'ATTEMPTS' | 'EXPIRED' | 'BURNED' }

/** A code that nobody has tried. */
export const newCode = (now: number): Code => ({
  triesLeft: PIN_TRIES,
  earliest: now + TRY_DELAYS_MS[0],
  expiresAt: now + CODE_LIFE_MS,
  busy: false,
  burned: false,
})

/** Why nobody may prove a code any more, by its PIN or by its link (RA-SEC-064, RA-SEC-066); undefined = it is open. */
export function closedBy(code: Code, now: number): 'BURNED' | 'EXPIRED' | undefined {
  if (code.burned) return 'BURNED'
  return now >= code.expiresAt ? 'EXPIRED' : undefined
}

/** Begins an exchange, if one may begin (RA-SEC-061, RA-SEC-062, RA-SEC-063, RA-SEC-064). It ends with `settle`. */
export function claim(code: Code, now: number): Claim {
  const reason = closedBy(code, now)
  if (reason !== undefined) return { type: 'refused', reason }
  if (code.busy) return { type: 'wait', until: undefined }
  if (code.triesLeft < 1) return { type: 'refused', reason: 'ATTEMPTS' }
  if (now < code.earliest) return { type: 'wait', until: code.earliest }
  return { type: 'granted', code: { ...code, busy: true } }
}

/** The share was released: a try is gone, and the next one has to wait (RA-SEC-060, RA-SEC-063). */
export function spendTry(code: Code, now: number): Code {
  const triesLeft = Math.max(0, code.triesLeft - 1)
  const delay = TRY_DELAYS_MS[PIN_TRIES - triesLeft] ?? 0
  return { ...code, triesLeft, earliest: now + delay }
}

/** The exchange is over. A code that was proven is burned (RA-SEC-066). */
export const settle = (code: Code, proven: boolean): Code => ({ ...code, busy: false, burned: code.burned || proven })

/** The codes of a session, at the agent's end. */
export interface Codes {
  /** 0–5. */
  readonly issued: number
  readonly current: Code | undefined
}

/** A session without a code. */
export const NO_CODES: Codes = { issued: 0, current: undefined }

/** A new code in place of the last, because the agent asked for one; undefined if the session had its five: joining by PIN is over (RA-SEC-065). */
export const issueCode = ({ issued }: Codes, now: number): Codes | undefined =>
  issued >= MAX_CODES ? undefined : { issued: issued + 1, current: newCode(now) }
