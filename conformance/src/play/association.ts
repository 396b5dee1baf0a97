import type { Established } from '../crypto/exchange.js'
import { PairOpener, PairSealer } from '../crypto/record.js'
import { channelName } from '../wire/schema.js'
import type { ChannelName } from './player.js'

/** What an end has with a counterpart after a handshake: the chains of both directions of every channel, and what was counted. */
export class Association {
  readonly #sealers = new Map<number, PairSealer>()
  readonly #openers = new Map<number, PairOpener>()
  /** Messages that arrived, by channel: what `Alive` states. */
  readonly received = new Map<number, number>()

  constructor(
    readonly side: 'customer' | 'joiner',
    readonly established: Established,
  ) {}

  /** Pairwise channels that something was sealed on. */
  get lanes(): readonly ChannelName[] {
    return [...this.#sealers.keys()].flatMap(channel => channelName(channel) || [])
  }

  sealer(channel: number): PairSealer {
    return found(this.#sealers, channel, () => new PairSealer(this.established.secrets.traffic(this.side, channel)))
  }

  opener(channel: number): PairOpener {
    const other = this.side === 'customer' ? 'joiner' : 'customer'
    return found(this.#openers, channel, () => new PairOpener(this.established.secrets.traffic(other, channel)))
  }

  count(channel: number): void {
    this.received.set(channel, (this.received.get(channel) ?? 0) + 1)
  }
}

function found<T>(map: Map<number, T>, key: number, make: () => T): T {
  const there = map.get(key)
  if (there !== undefined) return there
  const made = make()
  map.set(key, made)
  return made
}
