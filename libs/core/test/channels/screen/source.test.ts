import { type Channel, RefusalReason, Subscription_State } from '@remote-assist/codec'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  refuseScreen,
  type ScreenSourceEvent,
  type ScreenSourcePermit,
  type ScreenSourceState,
  STALL_MS,
  screenSource,
  wantsFrame,
} from '../../../src/channels/screen/source.js'
import {
  acked,
  hasRoom,
  MAX_FRAMES_IN_FLIGHT,
  MAX_WINDOW_BYTES,
  MIN_WINDOW_BYTES,
  openWindow,
  sent,
  WINDOW_SLACK_MS,
  windowBytes,
} from '../../../src/channels/screen/window.js'
import { LocalProtocolError } from '../../../src/machine.js'
import type { Kind } from '../../../src/message.js'
import { Actor, at } from '../../support/actor.js'
import { screen, subscribe } from '../../support/protocol.js'

const LAYOUT = { epoch: 1, screens: [screen(1), screen(2)] }
const PERMIT: ScreenSourcePermit = { view: true, flowing: true, layout: LAYOUT }
type Effect = ReturnType<typeof screenSource.step>['effects'][number]

class Source extends Actor<ScreenSourceState, ScreenSourceEvent, Effect> {
  constructor(permit: Partial<ScreenSourcePermit> = {}) {
    super(screenSource, screenSource.initial)
    this.permit(permit)
  }
  static watched(): Source {
    const source = new Source()
    source.subscribe(1)
    return source
  }
  permit(change: Partial<ScreenSourcePermit> = {}) {
    return this.step({ type: 'permit', ...PERMIT, ...change })
  }
  subscribe = (screenId: number) => this.step({ type: 'remote.subscribe', value: subscribe(screenId) })
  frame = (frameId: number, bytes = 1_000, baseFrameId = 0) => this.step({ type: 'local.frame', frameId, baseFrameId, bytes })
  ack = (frameId: number, screenId = 1) => this.step({ type: 'remote.frameAck', value: { screenId, frameId, decodeUs: 0 } })
  keyframe = (screenId = 1) => this.step({ type: 'remote.requestKeyframe', value: { screenId } })
  unsubscribe = () => this.step({ type: 'remote.unsubscribe', value: { screenId: 1 } })
}
const said = (effects: readonly Effect[]): readonly Kind<Channel.SCREEN>[] => effects.flatMap(effect => (effect.type === 'send' ? [effect.kind] : []))
const told = (effects: readonly Effect[]) => effects.flatMap(effect => (effect.type === 'notify' ? [effect.notice] : []))
const list = (layoutEpoch: number, screens = LAYOUT.screens) => ({ $case: 'screenList', value: { layoutEpoch, screens } })
const answer = (screenId: number, state: Subscription_State, reason = RefusalReason.UNSPECIFIED) => ({
  $case: 'subscription',
  value: { screenId, state, reason },
})
const room = (has: boolean, keyframe = false) => ({ kind: 'screen.room', room: has, keyframe })

describe('the screens', () => {
  it('RA-SCR-001 are told when they may be seen, and after every change', () => {
    const source = new Source({ view: false, flowing: false })
    expect(source.state.phase).toBe('closed')
    expect(source.permit({ view: false, layout: { ...LAYOUT, epoch: 2 } })).toEqual([])
    expect(said(source.permit())).toEqual([list(1)])
    expect(source.permit({ flowing: false })).toEqual([])
    expect(said(source.permit({ layout: { epoch: 2, screens: [] } }))).toEqual([list(2, [])])
  })
})

describe('a subscription', () => {
  it('RA-SCR-011 RA-SCR-014 is answered, and begins with a key frame', () => {
    const effects = new Source().subscribe(2)
    expect(said(effects)).toEqual([answer(2, Subscription_State.STARTED)])
    expect(told(effects)).toEqual([{ kind: 'screen.start', subscribe: subscribe(2) }, room(true, true)])
  })

  it('RA-SCR-012 is refused for a screen that is not there', () => {
    const source = new Source()
    expect(source.subscribe(9)).toEqual([{ type: 'send', kind: answer(9, Subscription_State.REFUSED, RefusalReason.NOT_FOUND) }])
    source.subscribe(1)
    expect(told(source.subscribe(9))).toEqual([{ kind: 'screen.stop' }])
    expect(source.state.phase).toBe('idle')
  })

  it('RA-SCR-013 replaces the one before', () => {
    const source = Source.watched()
    source.frame(1)
    expect(told(source.subscribe(2)).map(it => it.kind)).toEqual(['screen.stop', 'screen.start', 'screen.room'])
    expect(source.state).toMatchObject({ subscribe: { screenId: 2 }, lastFrameId: 0 })
  })

  it('RA-SCR-016 ends with the grant, and with the screen', () => {
    const revoked = Source.watched().permit({ view: false })
    expect(said(revoked)).toEqual([answer(1, Subscription_State.ENDED, RefusalReason.NO_GRANT)])
    const detached = Source.watched().permit({ layout: { epoch: 2, screens: [screen(2)] } })
    expect(said(detached)).toEqual([list(2, [screen(2)]), answer(1, Subscription_State.ENDED, RefusalReason.NOT_FOUND)])
    for (const effects of [revoked, detached]) expect(told(effects)).toEqual([{ kind: 'screen.stop' }])
  })

  it('ends when its viewer wants no more', () => {
    const source = Source.watched()
    expect(told(source.unsubscribe())).toEqual([{ kind: 'screen.stop' }])
    for (const it of [source, new Source({ view: false })]) for (const late of [it.unsubscribe, () => it.ack(1), it.keyframe]) expect(late()).toEqual([])
  })

  it('RA-SES-005 is refused with the reason of the matrix; anything else is dropped', () => {
    expect(refuseScreen({ $case: 'subscribe', value: subscribe(3) }, RefusalReason.NO_GRANT)).toEqual(
      answer(3, Subscription_State.REFUSED, RefusalReason.NO_GRANT),
    )
    expect(refuseScreen({ $case: 'unsubscribe', value: { screenId: 3 } }, RefusalReason.NO_GRANT)).toBeUndefined()
  })
})

describe('frames', () => {
  it('RA-SCR-015 RA-SCR-033 fit the screen that is watched and the frame sent last, or are key frames', () => {
    const source = Source.watched()
    expect(wantsFrame(source.state, 2, 0)).toBe(false)
    expect(wantsFrame(source.state, 1, 5)).toBe(false)
    expect(wantsFrame(source.state, 1, 0)).toBe(true)
    source.frame(5)
    expect(wantsFrame(source.state, 1, 5)).toBe(true)
    expect(wantsFrame(source.state, 1, 4)).toBe(false)
    expect(wantsFrame(new Source().state, 1, 0)).toBe(false)
    expect(() => new Source().frame(1)).toThrow(LocalProtocolError)
  })

  it('RA-SES-053 stop while paused, and go on with a key frame', () => {
    const source = Source.watched()
    source.frame(1)
    expect(told(source.permit({ flowing: false }))).toEqual([room(false)])
    expect(wantsFrame(source.state, 1, 0)).toBe(false)
    expect(told(source.permit())).toEqual([room(true, true)])
    expect(wantsFrame(source.state, 1, 1)).toBe(false)
  })

  it('RA-SCR-044 begin with a key frame when one is asked for, and after a change of the screens', () => {
    const source = Source.watched()
    source.frame(1)
    expect(source.keyframe(2)).toEqual([])
    expect(told(source.keyframe())).toEqual([room(true, true)])
    expect(wantsFrame(source.state, 1, 1)).toBe(false)
    source.frame(2)
    expect(told(source.permit({ layout: { ...LAYOUT, epoch: 2 } }))).toEqual([room(true, true)])
  })

  it('wait while the window is full, and go on when it opens', () => {
    const source = Source.watched()
    expect(told(source.frame(1, MIN_WINDOW_BYTES - 1))).toEqual([])
    expect(told(source.frame(2, 1))).toEqual([room(false)])
    expect(wantsFrame(source.state, 1, 2)).toBe(false)
    source.pass(50)
    expect(told(source.ack(1))).toEqual([room(true)])
    expect(source.ack(1)).toEqual([])
    expect(source.ack(2, 2)).toEqual([])
    source.ack(2)
    expect(source.deadline).toBeUndefined()
  })

  it('leave time for better ones: it is said when all of them were shown', () => {
    const source = Source.watched()
    source.frame(1)
    source.frame(2)
    expect(source.ack(1)).toEqual([])
    expect(told(source.ack(2))).toEqual([room(true)])
  })

  it('RA-SCR-062 begin only while less than 2 MiB are sent and not acknowledged, however fast the line', () => {
    const act = fc.oneof(
      { weight: 3, arbitrary: fc.record({ do: fc.constant('send' as const), bytes: fc.integer({ min: 1, max: 700_000 }) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('ack' as const), back: fc.nat({ max: 6 }), ms: fc.nat({ max: 3 }) }) },
    )
    let fullest = 0
    fc.assert(
      fc.property(fc.array(act, { maxLength: 120 }), acts => {
        const source = Source.watched()
        let under: { readonly id: number; readonly bytes: number }[] = []
        let id = 0
        for (const it of acts) {
          const sum = under.reduce((bytes, frame) => bytes + frame.bytes, 0)
          if (it.do === 'ack') {
            source.pass(it.ms)
            const acked = under.at(-1 - it.back)
            if (acked === undefined) continue
            source.ack(acked.id)
            under = under.filter(frame => frame.id > acked.id)
          } else if (wantsFrame(source.state, 1, id)) {
            expect(sum).toBeLessThan(MAX_WINDOW_BYTES)
            fullest = Math.max(fullest, sum)
            source.frame(++id, it.bytes, id - 1)
            under.push({ id, bytes: it.bytes })
          }
        }
      }),
      { numRuns: 300 },
    )
    expect(fullest).toBeGreaterThan(MAX_WINDOW_BYTES / 2)
  })

  it('begin with a key frame for a viewer that has acknowledged nothing for long', () => {
    const source = Source.watched()
    expect(source.step({ type: 'tick' })).toEqual([])
    source.frame(1, MIN_WINDOW_BYTES)
    expect(told(source.pass(STALL_MS - 1))).toEqual([])
    expect(source.step({ type: 'tick' })).toEqual([])
    expect(told(source.pass(1))).toEqual([room(true, true)])
    expect(source.ack(1)).toEqual([])
    source.frame(2)
    source.frame(3)
    source.pass(STALL_MS / 2)
    source.ack(2)
    expect(told(source.pass(STALL_MS - 1))).toEqual([])
  })
})

it('shows pointer and secure desktop to whoever may see', () => {
  const kind = { $case: 'cursorPosition', value: { screenId: 1, x: 1, y: 1 } } as unknown as Kind<Channel.SCREEN>
  for (const source of [new Source(), Source.watched()]) expect(source.step({ type: 'local.show', kind })).toEqual([{ type: 'send', kind }])
  expect(new Source({ view: false }).step({ type: 'local.show', kind })).toEqual([])
})

/** A line of a rate and a delay, with a viewer who acknowledges each frame as it arrives. */
class Line {
  now = 0
  window = openWindow(at(0))
  readonly #under: { readonly id: number; readonly arrives: number }[] = []
  #free = 0
  #id = 0

  constructor(
    public bytesPerMs: number,
    readonly delayMs: number,
  ) {}

  send(bytes: number): void {
    this.window = sent(this.window, ++this.#id, bytes, at(this.now))
    this.#free = Math.max(this.#free, this.now) + bytes / this.bytesPerMs
    this.#under.push({ id: this.#id, arrives: this.#free + this.delayMs })
  }

  /** Sends frames while there is room, then lets one arrive. */
  fill(bytes: number): void {
    while (hasRoom(this.window)) this.send(bytes)
    this.#arrive()
  }

  /** Everything arrives. */
  drain(): void {
    while (this.#under.length > 0) this.#arrive()
  }

  #arrive(): void {
    const next = this.#under.shift()
    if (next === undefined) return
    this.now = Math.max(this.now, next.arrives)
    this.window = acked(this.window, next.id, 0, at(this.now))
  }
}

describe('the window', () => {
  it('RA-SCR-064 is delivery rate × (least round trip + 30 ms), between 64 KiB and 2 MiB', () => {
    let window = openWindow(at(0))
    expect(windowBytes(window)).toBe(MIN_WINDOW_BYTES)
    window = sent(window, 1, 400_000, at(0))
    window = acked(window, 1, 0, at(100))
    expect(windowBytes(window)).toBe(4_000 * (100 + WINDOW_SLACK_MS))
    window = sent(window, 2, 100_000_000, at(100))
    expect(windowBytes(acked(window, 2, 0, at(200)))).toBe(MAX_WINDOW_BYTES)
  })

  it('leaves the time of decoding out', () => {
    const window = acked(sent(openWindow(at(0)), 1, 400_000, at(0)), 1, 50, at(100))
    expect(window).toMatchObject({ minRttMs: 50, rate: 8_000 })
  })

  it('forgets an old least round trip', () => {
    let window = acked(sent(openWindow(at(0)), 1, 1_000, at(0)), 1, 0, at(10))
    window = acked(sent(window, 2, 1_000, at(100)), 2, 0, at(200))
    expect(window.minRttMs).toBe(10)
    window = acked(sent(window, 3, 1_000, at(11_000)), 3, 0, at(11_100))
    expect(window.minRttMs).toBe(100)
  })

  it('RA-SCR-064 keeps its rate while there is little to send, however long the spells in between', () => {
    const frame = fc.record({ share: fc.double({ min: 0.001, max: 0.4, noNaN: true }), ms: fc.integer({ min: 0, max: 60_000 }) })
    fc.assert(
      fc.property(fc.integer({ min: 50, max: 5_000 }), fc.integer({ min: 1, max: 200 }), fc.array(frame, { maxLength: 60 }), (bytesPerMs, delayMs, frames) => {
        const line = new Line(bytesPerMs, delayMs)
        for (let i = 0; i < 30; i++) line.fill(bytesPerMs * 40)
        line.drain()
        const { rate } = line.window
        expect(rate).toBeGreaterThan(bytesPerMs / 4)
        for (const { share, ms } of frames) {
          line.now += ms
          // One alone, and one behind the other: both are gone long before the line would have to queue.
          line.send(Math.ceil(bytesPerMs * 20 * share))
          line.send(Math.ceil(bytesPerMs * 20 * share))
          line.drain()
          expect(line.window.rate).toBeGreaterThanOrEqual(rate)
        }
      }),
    )
  })

  it('RA-SCR-064 follows a line that became slower, once there is enough to send', () => {
    fc.assert(
      fc.property(fc.integer({ min: 200, max: 5_000 }), fc.integer({ min: 1, max: 200 }), (bytesPerMs, delayMs) => {
        const line = new Line(bytesPerMs, delayMs)
        for (let i = 0; i < 30; i++) line.fill(bytesPerMs * 40)
        line.bytesPerMs = bytesPerMs / 10
        for (let i = 0; i < 80; i++) line.fill(bytesPerMs * 4)
        expect(line.window.rate).toBeLessThan(bytesPerMs / 4)
      }),
    )
  })

  it('holds exactly what was sent and not acknowledged, whatever is acknowledged', () => {
    const act = fc.oneof(
      fc.record({ bytes: fc.integer({ min: 1, max: 100_000 }), ms: fc.integer({ min: 0, max: 50 }) }),
      fc.record({ ack: fc.integer({ min: 0, max: 100 }), ms: fc.integer({ min: 0, max: 50 }) }),
    )
    fc.assert(
      fc.property(fc.array(act, { maxLength: 100 }), acts => {
        let window = openWindow(at(0))
        let under: { readonly id: number; readonly bytes: number }[] = []
        let now = 0
        let id = 0
        for (const it of acts) {
          now += it.ms
          if ('bytes' in it) {
            if (!hasRoom(window)) continue
            under.push({ id: ++id, bytes: it.bytes })
            window = sent(window, id, it.bytes, at(now))
          } else {
            window = acked(window, it.ack, 0, at(now))
            if (under.some(frame => frame.id === it.ack)) under = under.filter(frame => frame.id > it.ack)
          }
          expect(window.inFlightBytes).toBe(under.reduce((sum, frame) => sum + frame.bytes, 0))
          expect(window.inFlight.length).toBeLessThanOrEqual(MAX_FRAMES_IN_FLIGHT)
          expect(windowBytes(window)).toBeGreaterThanOrEqual(MIN_WINDOW_BYTES)
          expect(windowBytes(window)).toBeLessThanOrEqual(MAX_WINDOW_BYTES)
        }
      }),
    )
  })
})
