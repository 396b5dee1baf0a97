/** A desktop in memory for conformance: all that is done to it is written down, and all that happens on it is done by the suite. */
import type { Host } from '@remote-assist/peer'
import type { Screen } from '../contract.js'
import { Clipboard } from './clipboard.js'
import { Hands } from './hands.js'
import { Powers } from './powers.js'
import { added, Screens } from './screens.js'
import { Shelf } from './shelf.js'
import { Trouble } from './trouble.js'

/** What a customer under test shares. */
export class Desktop implements Host {
  readonly platform = { os: 'virtual', version: '1' } as const
  readonly screens: Screens
  readonly input: Hands
  readonly clipboard = new Clipboard()
  readonly powers: Powers
  /** Absent where the machine cannot elevate. */
  readonly elevation?: Powers
  /** Absent where the machine cannot come back after a restart. */
  readonly rejoin?: Shelf
  readonly trouble = new Trouble()
  readonly #onLocked = new Set<(locked: boolean) => void>()

  /** `ticket`: what lies there from before a restart. */
  constructor(screens: readonly Screen[], lacks: readonly string[], ticket?: Uint8Array) {
    this.screens = new Screens(screens)
    this.input = new Hands((screenId, x, y) => this.screens.point(screenId, x, y))
    this.powers = new Powers(this.input.done, this.trouble)
    if (!lacks.includes('elevation')) this.elevation = this.powers
    if (!lacks.includes('rejoin')) this.rejoin = new Shelf(this.trouble, ticket)
  }

  onLocked(listener: (locked: boolean) => void): () => void {
    return added(this.#onLocked, listener)
  }

  /** The user locks the screen, or unlocks it. */
  lock(on: boolean): void {
    for (const listener of this.#onLocked) listener(on)
  }

  /** Does nothing: what the customer's end left down is to be seen. */
  async close(): Promise<void> {}
}
