/** Whose hand it was: the person's own, or an agent's; and nobody's but the person's while a question is open. */
import type { Host, InputHost } from '@remote-assist/peer'

/** What an agent did last may still be on its way to a window for so long, ms. */
const SETTLED_MS = 1_000
/** While a question is open the person is said to be at work so often, ms: agents are told, and held off for longer than that. */
const AT_WORK_MS = 1_000

/** Input of a desktop that can be held back. */
export class Hand {
  /** The host, whose input goes through here. */
  readonly host: Host
  readonly #input: InputHost | undefined
  readonly #now: () => number
  readonly #keys = new Set<number>()
  readonly #buttons = new Set<number>()
  readonly #listeners = new Set<() => void>()
  #injectedAt = Number.NEGATIVE_INFINITY
  #localAt = Number.NEGATIVE_INFINITY
  #atWork: ReturnType<typeof setInterval> | undefined
  #forget = () => {}

  constructor(host: Host, now: () => number = () => performance.now()) {
    const { input } = host
    this.#input = input
    this.#now = now
    this.host = input === undefined ? host : { ...host, input: this.#through(input), close: () => this.#close(host) }
    this.#forget =
      input?.onLocalInput(() => {
        this.#localAt = now()
        this.#tell()
      }) ?? this.#forget
  }

  /** What is done now was done by the person: nothing was injected just before, and nothing since they last moved or pressed anything. */
  get own(): boolean {
    const settled = this.#now() - this.#injectedAt >= SETTLED_MS
    return settled && (this.#injectedAt === Number.NEGATIVE_INFINITY || this.#localAt > this.#injectedAt)
  }

  /** Resolves when nothing that was injected may still be on its way to a window. To be sure that nothing follows, hold it first. */
  async settled(): Promise<void> {
    for (;;) {
      const leftMs = SETTLED_MS - (this.#now() - this.#injectedAt)
      if (leftMs <= 0) return
      await new Promise<void>(resolve => setTimeout(resolve, leftMs))
    }
  }

  /** Whether nothing is injected. */
  get held(): boolean {
    return this.#atWork !== undefined
  }

  /** Holds input back, or lets it through again. Once held, nothing but releases reaches the desktop, and what agents hold down is released. */
  hold(on: boolean): void {
    if (on === this.held) return
    clearInterval(this.#atWork)
    this.#atWork = undefined
    if (!on || this.#input === undefined) return
    this.#atWork = setInterval(() => this.#tell(), AT_WORK_MS)
    void this.#letGo(this.#input).catch(() => undefined)
    this.#tell()
  }

  #tell(): void {
    for (const listener of this.#listeners) listener()
  }

  #close(host: Host): Promise<void> {
    this.hold(false)
    this.#forget()
    this.#listeners.clear()
    return host.close()
  }

  async #letGo(input: InputHost): Promise<void> {
    const [keys, buttons] = [[...this.#keys], [...this.#buttons]]
    this.#keys.clear()
    this.#buttons.clear()
    for (const usage of keys) await input.key(usage, false)
    for (const button of buttons) await input.button(button, false)
  }

  #through(input: InputHost): InputHost {
    const act = async (what: () => void | Promise<void>): Promise<void> => {
      if (this.held) return
      this.#injectedAt = this.#now()
      try {
        await what()
      } finally {
        this.#injectedAt = this.#now()
      }
    }
    const press = (held: Set<number>, which: number, down: boolean, what: () => void | Promise<void>) => {
      if (!down) {
        held.delete(which)
        return what()
      }
      if (!this.held) held.add(which)
      return act(what)
    }
    return {
      key: (usage, down) => press(this.#keys, usage, down, () => input.key(usage, down)),
      button: (button, down) => press(this.#buttons, button, down, () => input.button(button, down)),
      text: text => act(() => input.text(text)),
      move: (screenId, x, y) => act(() => input.move(screenId, x, y)),
      wheel: (deltaX, deltaY) => act(() => input.wheel(deltaX, deltaY)),
      ...(input.locks === undefined ? {} : { locks: on => act(() => input.locks?.(on)) }),
      onLocalInput: listener => {
        this.#listeners.add(listener)
        return () => void this.#listeners.delete(listener)
      },
    }
  }
}
