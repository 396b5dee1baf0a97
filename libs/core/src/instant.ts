/** A moment in milliseconds on the driver's monotonic clock. Only differences mean anything. */
export type Instant = number & { readonly __brand: 'Instant' }

/** The moment `ms` milliseconds after `now`. */
export const after = (now: Instant, ms: number): Instant => (now + ms) as Instant

/** The earliest of some deadlines; `undefined` if there is none. */
export function earliest(...deadlines: readonly (Instant | undefined)[]): Instant | undefined {
  let first: Instant | undefined
  for (const deadline of deadlines) if (deadline !== undefined && (first === undefined || deadline < first)) first = deadline
  return first
}

/** What sums of moments are rounded to: a thousandth of a millisecond, far more than they lose. */
const PARTS = 1_000

/**
 * Whole milliseconds from `now` until `deadline`, rounded up, never negative; 0 for no deadline, as the schema writes "never". What was just set to end after a time
 * has that time left, not one more for the sake of a sum's last digit.
 */
export const msUntil = (deadline: Instant | undefined, now: Instant): number =>
  deadline === undefined ? 0 : Math.max(0, Math.ceil(Math.round((deadline - now) * PARTS) / PARTS))

/** Whether a deadline has come. */
export const isDue = (deadline: Instant | undefined, now: Instant): boolean => deadline !== undefined && now >= deadline
