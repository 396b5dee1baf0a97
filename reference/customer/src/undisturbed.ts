/** A person at a terminal that may stand on the very display that an agent types on: what the agent types answers nothing. */
import type { Host } from '@remote-assist/peer'
import { Hand } from './hand.js'
import type { Person } from './person.js'

/** The person, as long as nothing is shared that could type for them; from then on their own hand alone. */
export class UndisturbedPerson implements Person {
  #hand: Hand | undefined

  /** @param givesMore Whether a key gives somebody more than they have: it counts from the person's own hand alone. */
  constructor(
    private readonly person: Person,
    private readonly givesMore: (key: string) => boolean,
  ) {}

  get hasKeys(): boolean {
    return this.person.hasKeys
  }

  /** The display on which the person sits is shared: through the host that is returned. */
  share(host: Host): Host {
    this.#hand = new Hand(host)
    return this.#hand.host
  }

  tell(line?: string): void {
    this.person.tell(line)
  }

  /** As the person's own; nothing is injected while it is open, and it is not put before what was injected has arrived wherever it went. */
  ask(question: string, signal: AbortSignal): Promise<string | undefined> {
    return this.#alone(() => this.person.ask(question, signal))
  }

  /** As `ask`. */
  askSecret(question: string, signal: AbortSignal): Promise<Uint8Array | undefined> {
    return this.#alone(() => this.person.askSecret(question, signal))
  }

  onKey(listener: (key: string) => void): void {
    this.person.onKey(key => {
      if (this.#hand?.own !== false || !this.givesMore(key)) listener(key)
      else this.tell(`“${key}” counts from your own hand alone. Let the agent rest for a second, and press it on this computer again.`)
    })
  }

  close(): void {
    this.person.close()
  }

  async #alone<T>(ask: () => Promise<T>): Promise<T> {
    const hand = this.#hand
    if (hand === undefined) return ask()
    hand.hold(true)
    try {
      await hand.settled()
      return await ask()
    } finally {
      hand.hold(false)
    }
  }
}
