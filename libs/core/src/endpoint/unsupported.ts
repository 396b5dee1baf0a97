/** How often an end answers what it does not know: never more than ten times in any second (RA-SES-008). */
import type { Instant } from '../instant.js'

const PER_SECOND = 10

/** The answers of the last second with the one that goes out now; `undefined` if none may. */
export function answerUnknown(recent: readonly Instant[], now: Instant): readonly Instant[] | undefined {
  const lastSecond = recent.filter(at => now - at < 1_000)
  return lastSecond.length < PER_SECOND ? [...lastSecond, now] : undefined
}
