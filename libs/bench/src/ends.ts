/** What has to be ended, in the order in which it began. */
export type Ends = (() => unknown)[]

/** Does something, and ends whatever it began, the last first, also when it fails. */
export async function* endingAll<T>(work: (ends: Ends) => AsyncGenerator<T>): AsyncGenerator<T> {
  const ends: Ends = []
  try {
    yield* work(ends)
  } finally {
    for (const end of ends.reverse()) await end()
  }
}
