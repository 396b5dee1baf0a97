import type { Version } from '@remote-assist/codec'

/** The lowest minor version that this broker speaks. */
export const LOWEST_MINOR = 0
/** The highest minor version that this broker speaks. */
export const HIGHEST_MINOR = 0

/** The highest minor version within both ranges; `undefined` if there is none (RA-RLY-105, RA-RLY-106). */
export function commonMinor({ minMinor, maxMinor }: Version): number | undefined {
  const highest = Math.min(maxMinor, HIGHEST_MINOR)
  return highest >= Math.max(minMinor, LOWEST_MINOR) ? highest : undefined
}
