/** Injects input, one event at a time and in order. Before each, it asks once more whether that is still allowed. */
import { KeyCombo, RefusalReason } from '@remote-assist/codec'
import type { Injection, Mark } from '@remote-assist/core'
import { usagesOfCombo } from '../api/hid.js'
import type { Elevated, InputHost } from '../host.js'

/** What an injector asks of its owner, who knows the state of the session. */
export interface InjectorOwner {
  /** This participant may inject under this lease, now: the latch. */
  allowed(participant: number, leaseEpoch: number): boolean
  /** This participant's elevated powers, if it has any. */
  elevated(participant: number): Elevated | undefined
  /** What this participant copied is not on the clipboard yet; resolves when it is. Undefined = it is. */
  taking(participant: number): Promise<unknown> | undefined
  /** Does something so many milliseconds from now, once. Returns what calls it off. */
  later(ms: number, task: () => void): () => void
  /** A combination was made, or why not. */
  comboDone(participant: number, requestId: number, refusal: RefusalReason): void
  failed(error: unknown): void
}

interface Job {
  readonly participant: number
  readonly leaseEpoch: number
  readonly injection: Injection
  readonly mark: Mark | undefined
}

/** A key or button that goes up: it is always let through, so that nothing stays pressed. */
const isRelease = (injection: Injection): boolean => (injection.do === 'key' || injection.do === 'button') && !injection.down

/** A key that pastes waits no longer for what it is to paste, in milliseconds. */
export const PASTE_PATIENCE_MS = 1_000

const KEY_V = 0x19
const KEY_INSERT = 0x49
const CONTROL_OR_META: readonly number[] = [0xe0, 0xe3, 0xe4, 0xe7]
const SHIFT: readonly number[] = [0xe1, 0xe5]

/** Characters of a text between two looks at whether it may still be typed. */
const TEXT_PIECE = 16

/** Bits of the locks that a host can be asked for. */
const NUM = 1
const CAPS = 2

export class Injector {
  #queue: Job[] = []
  #running = false
  #mark: Mark | undefined
  readonly #down = new Set<number>()
  /** The key that waits for what it is to paste. */
  #waiting: { readonly job: Job; readonly goOn: () => void } | undefined
  #place: { readonly screenId: number; readonly x: number; readonly y: number } | undefined

  constructor(
    readonly host: InputHost,
    readonly owner: InjectorOwner,
  ) {}

  /** The newest event that was injected. */
  get mark(): Mark | undefined {
    return this.#mark
  }

  /** Where the pointer was put last. */
  get place(): { readonly screenId: number; readonly x: number; readonly y: number } | undefined {
    return this.#place
  }

  /** Adds events of a participant behind those that wait. `leaseEpoch`: the lease they were let through under. */
  push(participant: number, leaseEpoch: number, injections: readonly Injection[], mark: Mark | undefined): void {
    for (const injection of injections) this.#queue.push({ participant, leaseEpoch, injection, mark })
    // A key that may not be pressed any more holds nothing up: releases least of all.
    if (this.#waiting !== undefined && !this.#isAllowed(this.#waiting.job)) this.#waiting.goOn()
    void this.#run()
  }

  /** Throws away what waits, but for releases. */
  stop(): void {
    this.#queue = this.#queue.filter(job => isRelease(job.injection))
    this.#waiting?.goOn()
  }

  #isAllowed({ participant, leaseEpoch, injection }: Job): boolean {
    return isRelease(injection) || this.owner.allowed(participant, leaseEpoch)
  }

  async #run(): Promise<void> {
    if (this.#running) return
    this.#running = true
    for (let job = this.#queue.shift(); job !== undefined; job = this.#queue.shift()) {
      try {
        await this.#inject(job)
      } catch (error) {
        this.owner.failed(error)
      }
    }
    this.#running = false
  }

  async #inject(job: Job): Promise<void> {
    const { participant, injection, mark } = job
    if (this.#pastes(injection)) await this.#copied(job)
    if (!this.#isAllowed(job)) {
      if (injection.do === 'combo') this.owner.comboDone(participant, injection.requestId, RefusalReason.NO_LEASE)
      return
    }
    await this.#handOver(job)
    // Only what the desktop took can be in its pixels.
    if (mark !== undefined) this.#mark = mark
  }

  /** The key by which programs paste, with what is held down. */
  #pastes(injection: Injection): boolean {
    if (injection.do !== 'key' || !injection.down) return false
    const modifiers = injection.usage === KEY_V ? CONTROL_OR_META : injection.usage === KEY_INSERT ? SHIFT : []
    return modifiers.some(usage => this.#down.has(usage))
  }

  /** Resolves when what the agent copied before is to be pasted, or when it takes too long. */
  async #copied(job: Job): Promise<void> {
    const taking = this.owner.taking(job.participant)
    if (taking === undefined) return
    await new Promise<void>(goOn => {
      const cancel = this.owner.later(PASTE_PATIENCE_MS, goOn)
      this.#waiting = { job, goOn }
      void taking.finally(goOn).finally(cancel)
    })
    this.#waiting = undefined
  }

  async #handOver({ participant, leaseEpoch, injection }: Job): Promise<void> {
    const { host } = this
    switch (injection.do) {
      case 'key':
        this.#down[injection.down ? 'add' : 'delete'](injection.usage)
        return host.key(injection.usage, injection.down)
      case 'text':
        return this.#text(participant, leaseEpoch, injection.text)
      case 'move':
        this.#place = injection
        return host.move(injection.screenId, injection.x, injection.y)
      case 'button':
        return host.button(injection.button - 1, injection.down)
      case 'wheel':
        return host.wheel(injection.deltaX, injection.deltaY)
      case 'combo':
        return this.#combo(participant, leaseEpoch, injection.requestId, injection.combo)
      case 'locks':
        return host.locks?.({ num: (injection.locks & NUM) !== 0, caps: (injection.locks & CAPS) !== 0 })
    }
  }

  /** Types a text in short pieces, for as long as that is allowed. */
  async #text(participant: number, leaseEpoch: number, text: string): Promise<void> {
    const chars = [...text]
    for (let at = 0; at < chars.length && this.owner.allowed(participant, leaseEpoch); at += TEXT_PIECE)
      await this.host.text(chars.slice(at, at + TEXT_PIECE).join(''))
  }

  async #combo(participant: number, leaseEpoch: number, requestId: number, combo: KeyCombo): Promise<void> {
    let refusal = RefusalReason.UNSUPPORTED
    try {
      refusal = combo === KeyCombo.CTRL_ALT_DELETE ? await this.#secureKeys(participant) : await this.#press(participant, leaseEpoch, combo)
    } finally {
      this.owner.comboDone(participant, requestId, refusal)
    }
  }

  async #secureKeys(participant: number): Promise<RefusalReason> {
    const answer = await this.owner.elevated(participant)?.sendSecureKeys('ctrl+alt+delete')
    if (answer === 'ok') return RefusalReason.UNSPECIFIED
    return answer === undefined ? RefusalReason.NOT_ELEVATED : answer === 'policy-blocked' ? RefusalReason.POLICY : RefusalReason.UNSUPPORTED
  }

  /** Presses the keys in order and releases them in the reverse order, whatever happens between. */
  async #press(participant: number, leaseEpoch: number, combo: KeyCombo): Promise<RefusalReason> {
    const usages = usagesOfCombo(combo)
    if (usages === undefined) return RefusalReason.UNSUPPORTED
    const down: number[] = []
    try {
      for (const usage of usages) {
        if (!this.owner.allowed(participant, leaseEpoch)) return RefusalReason.NO_LEASE
        await this.host.key(usage, true)
        down.unshift(usage)
      }
    } finally {
      for (const usage of down) await this.host.key(usage, false)
    }
    return RefusalReason.UNSPECIFIED
  }
}
