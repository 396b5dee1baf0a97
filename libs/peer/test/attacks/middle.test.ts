/** A broker in the middle of whole sessions does everything that it can do to a frame: to each handshake message, of every kind, and each record. */
import { Channel, CloseCode, PasswordClass } from '@remote-assist/codec'
import { afterAll, describe, expect, test } from 'vitest'
import { type Family, familyOf } from './attacks.js'
import { wordFor } from './evidence.js'
import { attack, harmed, keyOf, plan, type Spot, tape } from './middle.js'
import { STORIES, type Story } from './story.js'

/** Everything takes a while (npm run test:deep); else there is one attack, each in its turn. */
const DEEP = process.env.DEEP === 'true'

/** So many records of each way and channel are attacked in an ordinary run; of handshakes, every message. */
const FIRST = 1
/** So many frames of each way and channel are attacked in every way in a deep run. */
const ALIKE = 12

/** Every frame that a story tells, and what can be done to it. */
async function framesOf(story: Story) {
  const passed = await tape(story)
  const elsewhere = new Map((await tape(story)).map(({ spot, hop }) => [keyOf(spot), hop.payload]))
  return [...plan(passed, elsewhere)].map(frame => ({ story, ...frame }))
}
type Frame = Awaited<ReturnType<typeof framesOf>>[number]
type Target = Pick<Frame, 'what' | 'spot'>

const frames = (await Promise.all(STORIES.map(framesOf))).flat().filter(({ spot, turn }) => DEEP || spot.channel === Channel.HANDSHAKE || turn < FIRST)
const counts = { runs: 0, noticed: 0, passedOver: 0, by: new Map<string, number>(), families: new Map<Family, number>() }

/** What there is to be attacked. */
const HANDSHAKES = [PasswordClass.PIN, PasswordClass.LINK, PasswordClass.INVITE, PasswordClass.RESUME].flatMap(by =>
  ['start', 'commit', 'share', 'confirm'].flatMap(message =>
    [...(message === 'commit' ? [] : ['the customer']), ...(message === 'start' ? [] : ['the joiner'])].map(
      from => `${PasswordClass[by]} ${message} from ${from}`,
    ),
  ),
)
const CHANNELS = ['SESSION', 'SCREEN', 'MEDIA', 'INPUT', 'CLIPBOARD', 'FILE', 'ELEVATION', 'CHAT', 'ANNOTATION']
/** A picture may be left out (RA-SEC-224). */
const FAMILIES: readonly Family[] = ['drop', 'duplicate', 'mutate', 'reorder', 'splice', 'truncate']

/** What adds a message and takes none away. Of a handshake, who has keys already passes it over: it has no effect, and nothing to notice (RA-SEC-038). */
const ADDED: ReadonlySet<string> = new Set(['repeated with a fresh number', 'reflected', 'readdressed to somebody else'])
const isPassedOver = ({ channel }: Spot, name: string): boolean => channel === Channel.HANDSHAKE && ADDED.has(name)
const NOBODY: ReadonlySet<number> = new Set()

/** A sign of life and its answer tell that something is missing, three that do not come tell the other end; and the second in which the clock is looked at. */
const SILENCE_MS = (2 + 3) * 2_000 + 1_000
/** All attacks on one frame, on a busy machine. */
const LIMIT_MS = 120_000

/**
 * All attacks on a frame, or one, of each family in its turn. Records of a kind that comes again and again are all alike: of those a deep run attacks the later
 * ones in one way of each family.
 */
function chosen({ names, turn }: Frame, at: number): readonly string[] {
  if (DEEP && turn < ALIKE) return names
  const families = familiesOf(names)
  const oneOf = (family: Family) => names.filter(name => familyOf(name) === family).filter((_, i, some) => i === (at * 7) % some.length)
  // The messages of a handshake are as many as the families: each comes to another one in the next handshake.
  return DEEP ? families.flatMap(oneOf) : families.filter((_, i) => i === (at + Math.floor(at / families.length)) % families.length).flatMap(oneOf)
}
const familiesOf = (names: readonly string[]): readonly Family[] => [...new Set(names.map(familyOf))]

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
/** A handshake message without content is of a kind that nobody knows, and one of the exchange before is none of this one: each is passed over, as if it had not come. */
const isPassedBy = ({ what, spot }: Target, name: string): boolean =>
  spot.channel === Channel.HANDSHAKE && (name === 'emptied' || (name === 'of a moment before' && / (start|commit) /.test(what)))
const isLost = (frame: Target, name: string): boolean => LOST.has(name) || isPassedBy(frame, name)
const isTyped = (frame: Target, name: string, code: CloseCode | undefined): boolean => TYPED.has(code) || (isLost(frame, name) && IN_VAIN.has(code))
const titleOf = ({ story, what, turn, spot: { source, target } }: Frame): string => `${what}, ${turn + 1} from ${source} to ${target}, of ${story.name}`

const listed = (some: ReadonlyMap<string, number>): string =>
  [...some]
    .sort(([, a], [, b]) => b - a)
    .map(([what, times]) => `${what} ${times}`)
    .join(', ')

afterAll(() => {
  const { runs, noticed, passedOver, families, by } = counts
  console.info(
    `» A broker in the middle: ${runs} attacks on ${frames.length} frames of ${STORIES.length} sessions (${listed(families)}), ${noticed} noticed, ${passedOver} without effect (${listed(by)})`,
  )
})

const scenes = frames.map((frame, at) => ({ ...frame, title: titleOf(frame), names: chosen(frame, at) }))

describe('whatever a broker does to a frame is noticed, typed, and harms nobody else (RA-SEC-004, RA-SEC-203, RA-SEC-204, RA-SEC-206, RA-RLY-013, RA-RLY-014)', () => {
  test.each(scenes)(
    '$title',
    async frame => {
      const { story, spot, names, elsewhere } = frame
      for (const name of names) {
        const outcome = await attack(story, spot, name, elsewhere)
        const [first] = outcome.evidence
        counts.runs++
        counts.families.set(familyOf(name), (counts.families.get(familyOf(name)) ?? 0) + 1)
        expect.soft(outcome.done, `${name}: takes place`).toBe(true)
        if (first === undefined && isPassedOver(spot, name)) {
          expect.soft(await harmed({ ...outcome, victims: NOBODY }), `${name}: has no effect`).toEqual([])
          counts.passedOver++
        } else {
          expect.soft(first, `${name}: noticed`).toBeDefined()
          if (first !== undefined) expect.soft(isTyped(frame, name, first.code), `${name}: typed, not ${wordFor(first)}`).toBe(true)
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

  test('every message of every kind of handshake can be attacked in every way, and so can records of every channel', () => {
    const can = new Map<string, Set<Family>>()
    for (const { what, names } of frames) can.set(what, new Set([...(can.get(what) ?? []), ...familiesOf(names)]))
    expect([...can.keys()].sort()).toEqual([...HANDSHAKES, ...CHANNELS].sort())
    for (const [what, families] of can) expect([...families].sort(), what).toEqual(FAMILIES.filter(family => !(what === 'MEDIA' && family === 'drop')))
  })

  test('all of it', () => {
    expect(counts.noticed + counts.passedOver).toBe(counts.runs)
    expect(counts.runs).toBe(scenes.reduce((sum, { names }) => sum + names.length, 0))
  })
})
