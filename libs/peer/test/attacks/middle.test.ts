/** A broker in the middle of a whole session does everything that it can do to a frame: to each handshake message and each record. */
import { Channel, CloseCode } from '@remote-assist/codec'
import { afterAll, describe, expect, test } from 'vitest'
import { familyOf } from './attacks.js'
import { wordFor } from './evidence.js'
import { attack, harmed, keyOf, plan, type Spot, tape } from './middle.js'

/** Everything takes a while (npm run test:deep); else there is one attack, each in its turn. */
const DEEP = process.env.DEEP === 'true'

const passed = await tape()
const elsewhere = new Map((await tape()).map(({ spot, hop }) => [keyOf(spot), hop.payload]))
/** So many frames of each way and channel are attacked in an ordinary run. */
const FIRST = 3
/** So many frames of each way and channel are attacked in every way in a deep run. */
const ALIKE = 12
const spots = [...plan(passed, elsewhere)].filter(({ spot }) => DEEP || spot.nth < FIRST)
const counts = { runs: 0, noticed: 0, passedOver: 0, by: new Map<string, number>() }

/** What adds a message and takes none away. Of a handshake, who has keys already passes it over: it has no effect, and nothing to notice (RA-SEC-038). */
const ADDED: ReadonlySet<string> = new Set(['repeated with a fresh number', 'reflected', 'readdressed to somebody else'])
const isPassedOver = ({ channel }: Spot, name: string): boolean => channel === Channel.HANDSHAKE && ADDED.has(name)
const NOBODY: ReadonlySet<number> = new Set()

/** A sign of life and its answer tell that something is missing, three that do not come tell the other end; and the second in which the clock is looked at. */
const SILENCE_MS = (2 + 3) * 2_000 + 1_000
/** All attacks on one frame, on a busy machine. */
const LIMIT_MS = 120_000

/** All attacks on a frame, or one. Records of a kind that comes again and again are all alike: of those a deep run attacks the later ones in one way of each family. */
function chosen(names: readonly string[], { nth }: Spot, at: number): readonly string[] {
  const inTurn = (some: readonly string[]) => some.filter((_, i) => i === (at * 7) % some.length)
  if (!DEEP) return inTurn(names)
  if (nth < ALIKE) return names
  return [...new Set(names.map(familyOf))].flatMap(family => inTurn(names.filter(name => familyOf(name) === family)))
}

/** How whoever notices may say so: a frame that is not what it should be, or is missing. */
const TYPED: ReadonlySet<CloseCode | undefined> = new Set([
  CloseCode.BAD_RECORD,
  CloseCode.BAD_HEADER,
  CloseCode.HANDSHAKE,
  CloseCode.WRONG_SECRET,
  CloseCode.INCOMPATIBLE,
  CloseCode.MALFORMED,
])
/** What can make a frame one that never comes: nobody is told of what is not there, they wait for it in vain, or come back to ask. */
const LOST: ReadonlySet<string> = new Set(['dropped', 'delayed', 'channel changed', 'source changed', 'target changed'])
/** How waiting in vain ends; whoever never asks for consent is denied it. */
const IN_VAIN: ReadonlySet<CloseCode | undefined> = new Set([CloseCode.TIMEOUT, CloseCode.CONSENT_DENIED, undefined])
/** A handshake message without content is of a kind that nobody knows: it is passed over, as if it had not come. */
const isLost = ({ channel }: Spot, name: string): boolean => LOST.has(name) || (channel === Channel.HANDSHAKE && name === 'emptied')
const isTyped = (spot: Spot, name: string, code: CloseCode | undefined): boolean => TYPED.has(code) || (isLost(spot, name) && IN_VAIN.has(code))
const titleOf = ({ source, target, channel, nth }: Spot): string => `${Channel[channel]} ${nth + 1} from ${source} to ${target}`

afterAll(() => {
  const how = [...counts.by].sort(([, a], [, b]) => b - a).map(([what, times]) => `${what} ${times}`)
  console.info(
    `» A broker in the middle: ${counts.runs} attacks on ${spots.length} frames, ${counts.noticed} noticed, ${counts.passedOver} without effect (${how.join(', ')})`,
  )
})

const scenes = spots.map(({ spot, names, elsewhere }, at) => ({ title: titleOf(spot), spot, names: chosen(names, spot, at), elsewhere }))

describe('whatever a broker does to a frame is noticed, typed, and harms nobody else (RA-SEC-004, RA-SEC-203, RA-SEC-204, RA-SEC-206, RA-RLY-013, RA-RLY-014)', () => {
  test.each(scenes)(
    '$title',
    async ({ spot, names, elsewhere }) => {
      for (const name of names) {
        const outcome = await attack(spot, name, elsewhere)
        const [first] = outcome.evidence
        counts.runs++
        expect.soft(outcome.done, `${name}: takes place`).toBe(true)
        if (first === undefined && isPassedOver(spot, name)) {
          expect.soft(await harmed({ ...outcome, victims: NOBODY }), `${name}: has no effect`).toEqual([])
          counts.passedOver++
        } else {
          expect.soft(first, `${name}: noticed`).toBeDefined()
          if (first !== undefined) expect.soft(isTyped(spot, name, first.code), `${name}: typed, not ${wordFor(first)}`).toBe(true)
        }
        if (first !== undefined) {
          counts.noticed++
          counts.by.set(wordFor(first), (counts.by.get(wordFor(first)) ?? 0) + 1)
        }
        if (first?.what === 'returned') expect.soft(outcome.ms, `${name}: signs of life tell in time`).toBeLessThanOrEqual(SILENCE_MS)
        expect.soft(outcome.cast.escaped, `${name}: nothing escapes`).toEqual([])
        expect.soft(await harmed(outcome), `${name}: nobody else is harmed`).toEqual([])
        await outcome.cast.agent.close()
      }
    },
    LIMIT_MS,
  )

  test('all of it', () => {
    expect(counts.noticed + counts.passedOver).toBe(counts.runs)
    expect(counts.runs).toBe(scenes.reduce((sum, { names }) => sum + names.length, 0))
  })
})
