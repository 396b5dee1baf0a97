/** The customer's pictures: a feed for each screen that somebody watches. */
import type { Subscribe } from '@remote-assist/codec'
import { Feed, type FeedOwner } from './feed.js'

interface Watch {
  readonly feed: Feed
  readonly subscribe: Subscribe
}

export class Pipeline {
  readonly #feeds = new Map<number, Feed>()
  readonly #watching = new Map<number, Watch>()

  constructor(readonly owner: FeedOwner) {}

  /** A viewer watches a screen, in the place of what it watched before. */
  start(viewer: number, subscribe: Subscribe): void {
    this.stop(viewer)
    const known = this.#feeds.get(subscribe.screenId)
    const feed = known === undefined || known.stopped ? new Feed(subscribe.screenId, this.owner) : known
    this.#feeds.set(subscribe.screenId, feed)
    this.#watching.set(viewer, { feed, subscribe })
    feed.watch(viewer, subscribe)
  }

  /** A viewer watches nothing any more. */
  stop(viewer: number): void {
    const feed = this.#watching.get(viewer)?.feed
    this.#watching.delete(viewer)
    feed?.unwatch(viewer)
    if (feed?.idle) this.#drop(feed)
  }

  /** A viewer has room again, or wants a key frame. */
  pump(viewer: number): void {
    this.#watching.get(viewer)?.feed.pump()
  }

  /** Masks changed: everybody gets a picture with the new ones. */
  pumpAll(): void {
    for (const feed of this.#feeds.values()) feed.pump()
  }

  /** The screens changed: captures begin anew for those who still watch. */
  relayout(): void {
    const watching = [...this.#watching]
    this.close()
    for (const [viewer, { subscribe }] of watching) this.start(viewer, subscribe)
  }

  /** Everything ends. */
  close(): void {
    for (const feed of this.#feeds.values()) feed.stop()
    this.#feeds.clear()
    this.#watching.clear()
  }

  #drop(feed: Feed): void {
    feed.stop()
    if (this.#feeds.get(feed.screenId) === feed) this.#feeds.delete(feed.screenId)
  }
}
