/** Where randomness comes from. Tests give their own; secrets always come from the platform's generator. */
export interface Random {
  /** So many random bytes. */
  bytes(count: number): Uint8Array<ArrayBuffer>
  /** A number from 0 (included) to 1 (excluded), for jitter. */
  fraction(): number
}

/** The platform's cryptographic generator. */
export const systemRandom: Random = {
  bytes: count => crypto.getRandomValues(new Uint8Array(count)),
  fraction: () => (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32,
}

/** A number from 0 to `bound` − 1, each as likely as any other. `bound` is at most 2³². */
export function randomBelow(bound: number, random: Random = systemRandom): number {
  const fair = 2 ** 32 - (2 ** 32 % bound)
  for (;;) {
    const bytes = random.bytes(4)
    const value = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0)
    if (value < fair) return value % bound
  }
}
