import type { Instant } from '../../src/instant.js'
import type { Step } from '../../src/machine.js'

export const at = (ms: number): Instant => ms as Instant

/** Makes a value and everything in it unchangeable, so that a step that changes its input throws. Views of bytes cannot be frozen and are left. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || Object.isFrozen(value)) return value
  Object.freeze(value)
  for (const inner of value instanceof Map ? value.values() : Object.values(value)) deepFreeze(inner)
  return value
}

interface Steps<S, E, X> {
  step(state: S, event: E, now: Instant): Step<S, X>
  nextDeadline(state: S): Instant | undefined
}

/** One machine on a clock of its own. Every state it enters is frozen, and a tick at a deadline must move the next deadline on. */
export class Actor<S, E extends { readonly type: string }, X> {
  now = at(1_000)

  constructor(
    readonly machine: Steps<S, E, X>,
    public state: S,
  ) {
    deepFreeze(state)
  }

  step(event: E): readonly X[] {
    const { state, effects } = this.machine.step(this.state, deepFreeze(event), this.now)
    this.state = deepFreeze(state)
    return effects
  }

  get deadline(): Instant | undefined {
    return this.machine.nextDeadline(this.state)
  }

  /** Lets time pass, with a tick at each deadline. */
  pass(ms: number): readonly X[] {
    const until = at(this.now + ms)
    const effects: X[] = []
    for (let due = this.deadline; due !== undefined && due <= until; due = this.deadline) {
      this.now = at(Math.max(this.now, due))
      effects.push(...this.step({ type: 'tick' } as E))
      if (this.deadline !== undefined && this.deadline <= this.now) throw new Error(`the deadline ${due} was ticked at and stays`)
    }
    this.now = until
    return effects
  }
}
