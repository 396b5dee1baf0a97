/** Wrong credentials in a row, whoever gave them, and how long they make everybody wait (RA-ELV-065). */
import { after, type Instant } from '../../instant.js'

/** From so many wrong credentials in a row on, each makes agents wait: first so long, then twice that, never longer than the most. */
const FREE_ATTEMPTS = 3
export const FIRST_BACK_OFF_MS = 30_000
export const MOST_BACK_OFF_MS = 900_000
/** More are not counted: the wait is the longest. */
const MOST_COUNTED = FREE_ATTEMPTS + Math.ceil(Math.log2(MOST_BACK_OFF_MS / FIRST_BACK_OFF_MS))

/** How often in a row credentials were wrong, and until when no more are taken. */
export interface Tries {
  readonly wrong: number
  readonly backOffUntil: Instant | undefined
}

/** Nothing was wrong, or what came last was right. */
export const NO_TRIES: Tries = { wrong: 0, backOffUntil: undefined }
/** The next that is wrong makes everybody wait (RA-ELV-069). */
export const LAST_TRY: Tries = { wrong: FREE_ATTEMPTS - 1, backOffUntil: undefined }

/** One more was wrong. */
export function anotherWrong(before: Tries, now: Instant): Tries {
  const wrong = Math.min(before.wrong + 1, MOST_COUNTED)
  const waitMs = wrong < FREE_ATTEMPTS ? 0 : Math.min(FIRST_BACK_OFF_MS * 2 ** (wrong - FREE_ATTEMPTS), MOST_BACK_OFF_MS)
  return { wrong, backOffUntil: waitMs === 0 ? undefined : after(now, waitMs) }
}

/** No credentials are taken at this moment. */
export const mustWait = ({ backOffUntil }: Tries, now: Instant): boolean => backOffUntil !== undefined && now < backOffUntil
