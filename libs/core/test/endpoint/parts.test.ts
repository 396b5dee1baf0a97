import { Channel, CloseCode, Phase, Role, type RosterEntry } from '@remote-assist/codec'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isActivity } from '../../src/endpoint/activity.js'
import { ALIVE_INTERVAL_MS, arrived, awake, beat, counted, felt, MISSED_ALIVES, startPulse } from '../../src/endpoint/alive.js'
import { same } from '../../src/endpoint/equal.js'
import { hex, unhex } from '../../src/endpoint/hex.js'
import { appeared, compare, type Seen, sameSession } from '../../src/endpoint/roster.js'
import { Run, settleDown } from '../../src/endpoint/run.js'
import { answerUnknown } from '../../src/endpoint/unsupported.js'
import type { Instant } from '../../src/instant.js'
import { initialSession, type SessionState } from '../../src/session/session.js'
import { at } from '../support/actor.js'
import { entry, roster } from '../support/protocol.js'

describe('same', () => {
  const plain = fc.letrec(tie => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.integer(),
      fc.bigInt(),
      fc.string(),
      fc.boolean(),
      fc.constantFrom(undefined, null, Number.NaN),
      fc.uint8Array({ maxLength: 4 }),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.string({ maxLength: 2 }), tie('value'), { maxKeys: 3 }),
    ),
  })).value

  it('holds for a copy', () => {
    fc.assert(
      fc.property(plain, value => {
        expect(same(value, structuredClone(value))).toBe(true)
      }),
    )
  })

  it('agrees with a comparison of the values written out', () => {
    const written = (value: unknown): string =>
      JSON.stringify(value, (_key, it) => {
        if (it === undefined) return { undefined: 1 }
        if (typeof it === 'bigint') return { bigint: String(it) }
        if (Number.isNaN(it)) return { nan: 1 }
        if (it instanceof Uint8Array) return { ...it }
        if (typeof it === 'object' && it !== null && !Array.isArray(it)) return Object.fromEntries(Object.entries(it).sort(([a], [b]) => (a < b ? -1 : 1)))
        return it
      })
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 1 }), { maxLength: 2 }),
        fc.dictionary(fc.constantFrom('a', 'b'), fc.integer({ min: 0, max: 1 })),
        (list, record) => {
          for (const [a, b] of [
            [list, record],
            [record, { ...record, c: 1 }],
            [list, [...list, 0]],
            [{ x: record }, { x: { ...record } }],
          ] as const)
            expect(same(a, b)).toBe(Array.isArray(a) === Array.isArray(b) && written(a) === written(b))
        },
      ),
    )
  })

  it.each([
    [1, 2],
    [null, {}],
    [{}, null],
    [{ a: undefined }, { b: undefined }],
    [[], {}],
    ['a', ['a']],
  ])('does not hold for %j and %j', (a, b) => expect(same(a, b)).toBe(false))
})

describe('hex', () => {
  it('is there and back again', () => {
    fc.assert(
      fc.property(fc.uint8Array(), bytes => {
        expect(unhex(hex(bytes))).toEqual(bytes)
      }),
    )
  })
  it('is lower case', () => expect(hex(Uint8Array.of(0, 10, 255))).toBe('000aff'))
  it('of no bytes is no text, and back again', () => {
    expect(hex(new Uint8Array())).toBe('')
    expect(unhex('')).toEqual(new Uint8Array())
    expect(unhex('000aff')).toEqual(Uint8Array.of(0, 10, 255))
  })
})

describe('the coupling', () => {
  const run = () => new Run<{ readonly n: number }, never>({ n: 0 }, at(0))
  it('applies its rules until nothing changes', () => {
    const it = run()
    settleDown(it, each => {
      if (each.state.n < 5) each.patch({ n: each.state.n + 1 })
    })
    expect(it.done()).toEqual({ state: { n: 5 }, effects: [] })
  })
  it('does not go on for ever', () => expect(() => settleDown(run(), it => it.patch({ n: it.state.n + 1 }))).toThrow('no fixed point'))
})

it('RA-SES-008 answers what is unknown whenever fewer than ten answers went out within the last second, and then only', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 200 }), { maxLength: 100 }), gaps => {
      let recent: readonly Instant[] = []
      const went: number[] = []
      let now = 0
      for (const gap of gaps) {
        now += gap
        const next = answerUnknown(recent, at(now))
        expect(next !== undefined).toBe(went.filter(time => now - time < 1_000).length < 10)
        if (next === undefined) continue
        recent = next
        went.push(now)
        expect(recent.length).toBeLessThanOrEqual(10)
      }
    }),
  )
})

it('RA-SES-115 counts what people do as activity, not what machines say to one another', () => {
  const quiet = [Channel.RELAY, Channel.HANDSHAKE, Channel.SESSION, Channel.SCREEN] as const
  const busy = [Channel.MEDIA, Channel.INPUT, Channel.CLIPBOARD, Channel.FILE, Channel.ELEVATION, Channel.CHAT, Channel.ANNOTATION] as const
  for (const channel of quiet) expect(isActivity(channel)).toBe(false)
  for (const channel of busy) expect(isActivity(channel)).toBe(true)
})

describe('signs of life', () => {
  it('RA-SES-113 echo the newest Alive that arrived, and how long it was held', () => {
    expect(beat(startPulse(at(0)), at(5)).alive).toMatchObject({ echoUs: 0n, heldUs: 0n })
    const { pulse } = felt(startPulse(at(0)), { received: [], sentAtUs: 77n, echoUs: 0n, heldUs: 0n }, at(5))
    expect(beat(pulse, at(8)).alive).toMatchObject({ echoUs: 77n, heldUs: 3_000n })
  })

  it('RA-SES-117 state what has arrived on each channel but MEDIA, ascending', () => {
    let pulse = startPulse(at(0))
    pulse = arrived(pulse, Channel.CHAT, 2, at(1))
    pulse = arrived(pulse, Channel.SESSION, 1, at(1))
    pulse = arrived(pulse, Channel.MEDIA, 9, at(1))
    expect(beat(pulse, at(2)).alive.received).toEqual([
      { channel: Channel.SESSION, count: 1n },
      { channel: Channel.CHAT, count: 2n },
    ])
  })

  it('RA-SES-111 RA-SES-112 are due every 2 s, and missed after 6 s in which nothing came', () => {
    const pulse = awake(startPulse(at(0)), at(1_000))
    expect(pulse).toMatchObject({ awake: true, dueAt: 1_000 + ALIVE_INTERVAL_MS, deadAt: 1_000 + ALIVE_INTERVAL_MS * MISSED_ALIVES })
    expect(arrived(pulse, Channel.MEDIA, 1, at(4_000)).deadAt).toBe(10_000)
    expect(beat(pulse, at(3_000)).pulse.dueAt).toBe(5_000)
  })

  it('RA-SES-118 find every lost tail, and never one that is still under way', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 5 }), (before, after, missing) => {
        let pulse = startPulse(at(0))
        for (let n = 0; n < before; n++) pulse = counted(pulse, Channel.CHAT)
        const sent = beat(pulse, at(100))
        pulse = sent.pulse
        for (let n = 0; n < after; n++) pulse = counted(pulse, Channel.CHAT)
        const count = BigInt(Math.max(0, before - missing))
        const answer = { received: [{ channel: Channel.CHAT, count }], sentAtUs: 1n, echoUs: sent.alive.sentAtUs, heldUs: 20_000n }
        const { lost, pulse: next } = felt(pulse, answer, at(160))
        expect(lost).toBe(count < BigInt(before))
        expect(next.rttMs).toBe(40)
        expect(felt(pulse, { ...answer, echoUs: 3n }, at(160))).toMatchObject({ lost: false, pulse: { rttMs: undefined } })
      }),
    )
  })
})

describe('the roster', () => {
  const seen: Seen = { incarnation: 1, ours: 1, up: true }
  const away: Seen = { ...seen, up: false }
  const THEM = 3
  const them = (incarnation = 1, phase = Phase.ADMITTED) => entry(THEM, Role.AGENT, { incarnation, phase })

  type Live = Extract<SessionState, { readonly phase: 'live' }>
  /** The session of participant 2 as it attached for the `ours`th time; undefined = its line is down. */
  const session = (ours: number | undefined, ...entries: readonly RosterEntry[]): Live => ({
    phase: 'live',
    attachment: { participant: 2, incarnation: ours ?? 1, heartbeatMs: 1_000, graceMs: 1_000, admitted: true },
    link: ours === undefined ? { state: 'down', until: at(9) } : { state: 'up', deadAt: at(9) },
    roster: roster(1n, ...entries),
    idleAt: undefined,
    endsAt: undefined,
    idleMs: 0,
  })
  const me = (phase: Phase) => entry(2, Role.CUSTOMER, { phase })

  it.each([
    ['nothing new', seen, session(1, them()), 'none'],
    ['our line is gone', seen, session(undefined, them()), 'lost'],
    ['our line is still gone', away, session(undefined, them()), 'none'],
    ['its line is gone', seen, session(1, them(1, Phase.SUSPENDED)), 'lost'],
    ['its line is still gone', away, session(1, them(1, Phase.SUSPENDED)), 'none'],
    ['it is back', away, session(1, them(2)), 'returned'],
    ['it came back between two rosters', seen, session(1, them(2)), 'returned'],
    ['we are back', seen, session(2, them()), 'returned'],
    ['it left', seen, session(1, me(Phase.ADMITTED)), 'left'],
    ['it is gone', seen, session(1, them(1, Phase.GONE)), 'left'],
    ['RA-SES-026 our authority is away while we wait', seen, session(1, me(Phase.CANDIDATE)), 'lost'],
    ['RA-SES-026 our authority is still away while we wait', away, session(1, me(Phase.CANDIDATE)), 'none'],
  ] as const)('means: %s', (_what, before, now, change) => expect(compare(before, THEM, now).change).toBe(change))

  it('shows who is there, candidates as well, and not who is away', () => {
    expect(appeared(them(4, Phase.CANDIDATE), 2)).toEqual({ incarnation: 4, ours: 2, up: true })
    expect(appeared(them(4, Phase.SUSPENDED), 2)).toBeUndefined()
  })

  it('says nothing twice', () => {
    const phases = fc.constantFrom(Phase.ADMITTED, Phase.CANDIDATE, Phase.SUSPENDED)
    fc.assert(
      fc.property(phases, fc.integer({ min: 1, max: 3 }), fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }), (phase, n, ours) => {
        const now = session(ours, them(n, phase))
        const once = compare(seen, THEM, now)
        expect(compare(once.seen, THEM, now)).toEqual({ seen: once.seen, change: 'none' })
      }),
    )
  })

  it('means the same whatever the clocks of the session show', () => {
    const now = session(1, them())
    expect(sameSession(now, { ...now, idleAt: at(77), link: { state: 'up', deadAt: at(10) } })).toBe(true)
    expect(sameSession(now, { ...now, roster: roster(1n) })).toBe(false)
    expect(sameSession(now, { ...now, attachment: { ...now.attachment } })).toBe(false)
    expect(sameSession(now, { ...now, link: { state: 'down', until: at(9) } })).toBe(false)
    expect(sameSession(now, { phase: 'ended', code: CloseCode.LEFT })).toBe(false)
    expect(sameSession(initialSession, { ...initialSession })).toBe(true)
  })
})

it('a run keeps what it was given', () => {
  const state = Object.freeze({ n: 1 })
  const run = new Run<{ readonly n: number }, never>(state, at(0))
  run.patch({ n: 2 })
  run.violation(4, 'active', 'remote.pause', CloseCode.WRONG_PHASE)
  expect(state).toEqual({ n: 1 })
  expect(run.done()).toEqual({
    state: { n: 2 },
    effects: [{ type: 'violation', peer: 4, phase: 'active', event: 'remote.pause', code: CloseCode.WRONG_PHASE }],
  })
})
