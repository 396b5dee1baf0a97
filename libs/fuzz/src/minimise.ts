/** Makes an input smaller while it does the same. */

const BUDGET_MS = 4_000

/** The smallest input that was found for which `same` holds, by leaving out pieces, ever smaller ones, then making bytes 0. */
export async function minimise(input: Uint8Array, unit: number, same: (input: Uint8Array) => Promise<boolean>): Promise<Uint8Array> {
  const until = performance.now() + BUDGET_MS
  let least = input
  let size = Math.max(unit, largestPower(least.length))
  while (size >= unit && performance.now() < until) {
    const before = least.length
    for (let at = 0; at < least.length && performance.now() < until; ) {
      const shorter = Uint8Array.from(Buffer.concat([least.subarray(0, at), least.subarray(at + size)]))
      if (await same(shorter)) least = shorter
      else at += size
    }
    // A pass that helped is worth another one of the same size.
    if (least.length === before) size = Math.floor(size / 2)
  }
  for (let at = 0; at < least.length && performance.now() < until; at++) {
    if (least[at] === 0) continue
    const plainer = least.with(at, 0)
    if (await same(plainer)) least = plainer
  }
  return least
}

const largestPower = (length: number): number => 2 ** Math.floor(Math.log2(Math.max(1, length)))
