/** What the tests of channel machines share: a machine driven by hand under a simulated clock, and what holds for every machine at every step. */
import fc from 'fast-check'
import { expect } from 'vitest'
import type { ChannelEffect, ChannelMachine } from '../../src/channels/channel.js'
import type { Instant } from '../../src/instant.js'
import { LocalProtocolError, type Violation } from '../../src/machine.js'

export const at = (ms: number): Instant => ms as Instant

const isPlain = (value: unknown): value is object => typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)

/** Makes a later mutation of a state or an event throw. */
export function freeze<T>(value: T): T {
  if (isPlain(value) && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const part of Object.values(value)) freeze(part)
  }
  return value
}

type Value<K> = K extends { readonly value: infer V } ? V : never
type Phased = { readonly phase: string }
type Typed = { readonly type: string }

/** One machine, driven event by event. `sent`, `notices` and `violations` are those of the last step. */
export class Drive<S extends Phased, E extends Typed, K extends { readonly $case: string; readonly value: unknown }, N extends { readonly kind: string }> {
  state: S
  sent: readonly K[] = []
  notices: readonly N[] = []
  violations: readonly Violation[] = []

  constructor(
    readonly machine: ChannelMachine<S, E, K, N>,
    public now: Instant = at(0),
  ) {
    this.state = freeze(machine.initial)
  }

  /** Steps by one event, and checks what holds for every step. */
  step(event: E): this {
    const before = this.state
    const row = this.machine.table[before.phase]
    const { state, effects } = this.machine.step(before, freeze(event), this.now)
    const follows = row?.[event.type] ?? [before.phase]
    if (!follows.includes(state.phase)) throw new Error(`${event.type} leads from ${before.phase} to ${state.phase}, which the table does not list`)
    this.state = freeze(state)
    const known = effects as readonly (ChannelEffect<K, N> | Violation)[]
    this.sent = known.flatMap(effect => (effect.type === 'send' ? [effect.kind] : []))
    this.notices = known.flatMap(effect => (effect.type === 'notify' ? [effect.notice] : []))
    this.violations = known.flatMap(effect => (effect.type === 'violation' ? [effect] : []))
    return this
  }

  /** Steps by an event that may be a caller's mistake: then nothing changes. Tells whether it was. */
  attempt(event: E): boolean {
    try {
      this.step(event)
      return false
    } catch (error) {
      if (!(error instanceof LocalProtocolError)) throw error
      expect(event.type).toMatch(/^local\./)
      this.sent = []
      this.notices = []
      this.violations = []
      return true
    }
  }

  /** Lets time pass, delivering a tick at every deadline on the way. Each tick makes progress: its deadline is met, or moved on. */
  wait(ms: number, seen: (drive: this) => void = () => {}): this {
    const until = at(this.now + ms)
    for (;;) {
      const deadline = this.machine.nextDeadline(this.state)
      if (deadline === undefined || deadline > until) break
      this.now = at(Math.max(this.now, deadline))
      this.step({ type: 'tick' } as unknown as E)
      seen(this)
      const next = this.machine.nextDeadline(this.state)
      expect(next === undefined || next > deadline, `the tick at ${deadline} makes progress`).toBe(true)
    }
    this.now = until
    return this
  }

  /** The only message that the last step sent. */
  get onlySent(): K {
    expect(this.sent).toHaveLength(1)
    return this.sent[0] as K
  }

  noticed<T extends N['kind']>(kind: T): Extract<N, { kind: T }>[] {
    return this.notices.filter((notice): notice is Extract<N, { kind: T }> => notice.kind === kind)
  }

  sentCase<T extends K['$case']>(name: T): Value<Extract<K, { readonly $case: T }>>[] {
    return this.sent.filter((kind): kind is Extract<K, { readonly $case: T }> => kind.$case === name).map(kind => kind.value as Value<typeof kind>)
  }
}

/** A remote event from a message as it was sent. */
export const remote = <E extends Typed>(kind: { readonly $case: string; readonly value: unknown }): E =>
  ({ type: `remote.${kind.$case}`, value: kind.value }) as unknown as E

/** A walk: events, and how much time passes before each. */
export const walk = <E>(event: fc.Arbitrary<E>, maxLength = 60): fc.Arbitrary<readonly { readonly waitMs: number; readonly event: E }[]> =>
  fc.array(fc.record({ waitMs: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.nat(300), fc.nat(70_000)), event }), { maxLength })

/** Walks a machine; remote input, permits and ticks never throw (the drive checks the rest), and `holds` is asked after every step. */
export function walkThrough<
  S extends Phased,
  E extends Typed,
  K extends { readonly $case: string; readonly value: unknown },
  N extends { readonly kind: string },
>(drive: Drive<S, E, K, N>, steps: readonly { readonly waitMs: number; readonly event: E }[], holds: (drive: Drive<S, E, K, N>) => void = () => {}): void {
  for (const { waitMs, event } of steps) {
    drive.wait(waitMs, holds)
    if (!drive.attempt(event)) holds(drive)
  }
}
