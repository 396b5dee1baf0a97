/** What the programs of an assisted transfer are asked to do. */

/** More than any run moves. */
export const MOST_BYTES = 2 ** 50

/** What the agent does. */
export type AgentWork =
  /** Sends files or folders to the customer; done when everything is verified and in place. */
  | { readonly send: readonly string[] }
  /** Presses so many keys, one after the other; the result is when each was, in milliseconds of the machine's monotonic clock. */
  | { readonly keys: number; readonly everyMs: number }

/** What the customer does. */
export type CustomerWork =
  /** Waits until so many keys were pressed since it was asked the last time; the result is when each arrived, on the same clock. */
  { readonly keys: number }

/** Milliseconds of the machine's monotonic clock, which all of its processes share. */
export const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6
