import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { ChannelName } from '../../src/play/player.js'
import { type Candidate, draw, meaningful, type Recording } from '../../src/selftest/mutations.js'
import type { Direction, PassedClose, PassedFrame } from '../../src/selftest/proxy.js'
import { channelNumber } from '../../src/wire/schema.js'

/** The testee is 3, the customer 2, another agent 1. */
const TESTEE = 3
const CUSTOMER = 2

/** A recording as it is told: `up SESSION`, `down RELAY.pong`, `down SESSION of 1`, `down SCREEN looked at`, `close 601`. */
function recorded(testee: Recording['testee'], ...told: readonly string[]): Recording {
  const looked = new Set<string>()
  const counts = new Map<string, number>()
  const sequences = new Map<string, bigint>()
  const next = (map: Map<string, number>, key: string) => map.set(key, (map.get(key) ?? -1) + 1).get(key) ?? 0
  const passed = told.map((text, index): PassedFrame | PassedClose => {
    const close = /^close (\d+)$/.exec(text)
    if (close !== null) return { line: 0, code: Number(close[1]) }
    const [, way = '', channel = '', name = '', of] = /^(up|down) (\w+)(?:\.(\w+))?(?: of (\d+))?/.exec(text) ?? []
    const direction = way as Direction
    const isRelay = channel === 'RELAY'
    const source = of !== undefined ? Number(of) : direction === 'up' ? TESTEE : isRelay ? 0 : CUSTOMER
    const sequence = (sequences.get(`${way}${source}`) ?? 0n) + 1n
    sequences.set(`${way}${source}`, sequence)
    const number = channelNumber(channel as ChannelName)
    const digest = `${index}`
    if (text.endsWith('looked at')) looked.add(digest)
    const targets = isRelay && direction === 'up' ? [] : [direction === 'up' ? CUSTOMER : TESTEE]
    return {
      place: { line: 0, direction, channel: number, nth: next(counts, `${way}${channel}`) },
      header: { channel: number, source, targets, sequence },
      payloadBytes: 40,
      name,
      fields: name === 'evict' ? { participant: CUSTOMER } : {},
      digest,
    }
  })
  return { testee, passed, looked }
}

/** What can be done to the frame at this place of what was told. */
function deedsAt(recording: Recording, index: number): readonly string[] {
  const frame = recording.passed[index]
  const fitting = meaningful(recording).filter(candidate => candidate.frame === frame)
  return fitting.map(({ deed, field }) => field ?? deed).sort()
}

const PONG = 'up RELAY.pong'

it('takes a record for lost that another one of its channel follows, and no other', () => {
  const recording = recorded('end', 'up SESSION', 'up SCREEN', 'up SESSION', 'up CHAT looked at', 'up MEDIA', 'up MEDIA', PONG)
  const dropped = recording.passed.map((_frame, index) => deedsAt(recording, index).includes('drop'))
  expect(dropped).toEqual([true, false, false, true, false, false, false])
})

it('has frames overtake only frames of the same source, and none that may be their answer', () => {
  const recording = recorded('end', 'down SESSION', 'down SESSION of 1', 'down SESSION of 1', 'up SESSION', 'down SESSION', 'down SCREEN', PONG)
  const overtaken = recording.passed.map((_frame, index) => deedsAt(recording, index).includes('reorder'))
  expect(overtaken).toEqual([false, true, false, false, true, false, false])
})

it('flips sequences in clear only where that shows', () => {
  const recording = recorded('end', 'down RELAY.welcome', 'down RELAY.roster', 'down RELAY.roster', PONG)
  const bitsOf = (index: number) => meaningful(recording).find(({ field, frame }) => field === 'sequence' && frame === recording.passed[index])?.bits
  // 1 becomes 0 with bit 0 and at least 2, which the next one has, with any other; 3 becomes 2 or 1; beyond 2⁵³ nothing is a sequence.
  expect(bitsOf(0)).toContain(0)
  expect(bitsOf(0)).toContain(1)
  expect(bitsOf(2)).toEqual([0, 1, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62])
})

it('does nothing to the payload of what is in clear but to a handshake', () => {
  const recording = recorded('end', 'up RELAY.hello', 'up HANDSHAKE.commit', 'up SESSION', 'up SESSION', PONG)
  expect([0, 1, 2].map(index => deedsAt(recording, index).includes('payload'))).toEqual([false, true, true])
})

it('does nothing behind an end, nor to what it was about, nor where nobody looks any more', () => {
  const ended = recorded('end', 'down SESSION', PONG, 'down SESSION', 'up RELAY.evict looked at', 'down SESSION', PONG)
  expect(deedsAt(ended, 0)).not.toEqual([])
  expect([2, 4].map(index => deedsAt(ended, index))).toEqual([[], []])
  const left = recorded('end', PONG, 'up SESSION', 'up RELAY.bye looked at', 'up SESSION', 'close 100')
  expect(deedsAt(left, 1)).not.toEqual([])
  expect(deedsAt(left, 2)).toContain('drop')
  expect(deedsAt(left, 2)).not.toContain('duplicate')
  expect(deedsAt(left, 3)).toEqual([])
  expect(meaningful(recorded('end', 'up RELAY.hello', 'up SESSION'))).toEqual([])
})

it('doubles no frame behind whose double nobody looks', () => {
  const asked = recorded('end', 'down RELAY.ping', PONG, 'down RELAY.ping', PONG)
  expect([0, 1, 2, 3].map(index => deedsAt(asked, index).includes('duplicate'))).toEqual([true, true, false, false])
})

it('leaves a handshake alone that failed anyhow', () => {
  const failed = recorded('end', 'down HANDSHAKE.start', 'up HANDSHAKE.commit', 'down HANDSHAKE.share', 'up HANDSHAKE.failure looked at', PONG)
  expect([0, 1, 2].map(index => deedsAt(failed, index))).toEqual([[], [], []])
})

it('counts at a broker only what came through', () => {
  const lost = recorded('broker', 'up SESSION', 'down RELAY.pong of 0')
  expect(deedsAt(lost, 0)).not.toContain('payload')
  const [frame, pong] = lost.passed as [PassedFrame, PassedFrame]
  const through = {
    ...lost,
    passed: [frame, { ...frame, place: { ...frame.place, line: 1, direction: 'down' as const } }, pong, { ...pong, place: { ...pong.place, line: 1 } }],
  }
  expect(deedsAt(through, 0)).toContain('payload')
})

it('draws what means something, whatever chance says', () => {
  const recording = recorded('end', 'up RELAY.hello', 'down RELAY.welcome', 'up SESSION', 'up SESSION', 'down SCREEN', 'down SCREEN', PONG)
  const candidates = meaningful(recording)
  const fits = ({ bits, deed, field, frame }: Candidate, drawn: ReturnType<typeof draw>) =>
    deed === drawn?.deed &&
    frame.place === drawn.place &&
    field === drawn.flip?.field &&
    (drawn.flip === undefined || (typeof bits === 'number' ? drawn.flip.bit < bits : bits.includes(drawn.flip.bit)))
  fc.assert(
    fc.property(fc.infiniteStream(fc.nat()), numbers => {
      const drawn = draw(candidates, below => (numbers.next().value as number) % below)
      expect(candidates.some(candidate => fits(candidate, drawn))).toBe(true)
    }),
  )
  expect(draw([], () => 0)).toBeUndefined()
})
