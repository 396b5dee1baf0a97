/** What came from other participants' clipboards: known again when a program of this desktop copies it anew, as clipboard managers do. */

/** So much is known again, newest last. */
const KEPT = 64

export class Received {
  readonly #digests = new Set<string>()

  /** Nothing came yet. */
  get isEmpty(): boolean {
    return this.#digests.size === 0
  }

  /** Content came. */
  async add(data: Uint8Array): Promise<void> {
    const digest = await digestOf(data)
    this.#digests.delete(digest)
    this.#digests.add(digest)
    for (const oldest of this.#digests) {
      if (this.#digests.size <= KEPT) return
      this.#digests.delete(oldest)
    }
  }

  /** Whether this came before, byte for byte. */
  async has(data: Uint8Array): Promise<boolean> {
    return this.#digests.has(await digestOf(data))
  }
}

/** SHA-256, in hexadecimal. */
async function digestOf(data: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', data as Uint8Array<ArrayBuffer>)
  return Array.from(new Uint8Array(digest), byte => byte.toString(16).padStart(2, '0')).join('')
}
