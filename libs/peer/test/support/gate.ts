/** WebCrypto whose answers wait until a test lets them through, in whatever order they were made. */
import type { Channel } from '@remote-assist/codec'
import { type Aead, webAead } from '@remote-assist/secure'
import { settle } from './clock.js'

/** Where the channel stands in what a record is bound to. */
const CHANNEL_AT = 3

export class Gate {
  #opened: Promise<void> = Promise.resolve()
  #open: (() => void) | undefined
  readonly #held: { readonly does: 'seal' | 'open'; readonly channel: number }[] = []
  readonly #passed: { readonly does: 'seal' | 'open'; readonly channel: number }[] = []
  #pending = 0

  /** Records are sealed and opened by WebCrypto, behind this gate. */
  readonly aead: Aead = key => {
    const { seal, open } = webAead(key)
    return {
      seal: (nonce, aad, plaintext, lead) => this.#pass('seal', aad, async () => seal(nonce, aad, plaintext, lead)),
      open: (nonce, aad, sealed) => this.#pass('open', aad, async () => open(nonce, aad, sealed)),
    }
  }

  /** What is sealed or opened from now on waits. */
  hold(): void {
    this.#opened = new Promise(resolve => {
      this.#open = resolve
    })
  }

  /** Resolves when at least so many records of a channel wait. */
  async waits(does: 'seal' | 'open', channel: Channel, many = 1): Promise<void> {
    while (this.#held.filter(it => it.does === does && it.channel === channel).length < many) await settle()
  }

  /** Resolves when at least so many records of a channel have gone through since the gate was made. */
  async passed(does: 'seal' | 'open', channel: Channel, many: number): Promise<void> {
    while (this.#passed.filter(it => it.does === does && it.channel === channel).length < many) await settle()
    await settle()
  }

  /** Lets everything through; resolves when nothing is being sealed or opened any more. */
  async release(): Promise<void> {
    this.#open?.()
    do await settle()
    while (this.#pending > 0)
  }

  async #pass(does: 'seal' | 'open', aad: Uint8Array, work: () => Promise<Uint8Array>): Promise<Uint8Array> {
    const held = { does, channel: aad[CHANNEL_AT] ?? 0 }
    this.#held.push(held)
    this.#pending++
    try {
      const done = await work()
      await this.#opened
      this.#passed.push(held)
      return done
    } finally {
      this.#held.splice(this.#held.indexOf(held), 1)
      this.#pending--
    }
  }
}
