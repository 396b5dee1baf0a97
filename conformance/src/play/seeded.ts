import { createHash } from 'node:crypto'

/** Bytes that a seed gives: the same for the same seed. For what need not be secret. */
export function seeded(seed: string): (bytes: number) => Uint8Array {
  let block = 0
  return length => {
    const made: Uint8Array[] = []
    for (let have = 0; have < length; have += 32) made.push(createHash('sha256').update(`${seed}:${block++}`).digest())
    return new Uint8Array(Buffer.concat(made).subarray(0, length))
  }
}
