/** A line that drops, and everything that can go wrong, or be made to go wrong, before the two ends have one another back. */
import { Channel, CloseCode, encodeFrame, Role } from '@remote-assist/codec'
import { resumeSecret } from '@remote-assist/secure'
import { afterAll, describe, expect, test } from 'vitest'
import { systemRandom } from '../../src/random.js'
import { settle } from '../support/clock.js'
import { type Assisting, assisting } from '../support/house.js'
import type { Hop } from '../support/relay.js'
import { evidenceIn } from './evidence.js'
import { keyOf, type Spot, tape, Watch } from './middle.js'
import { Rogue } from './rogue.js'
import { tell, WHOLE } from './story.js'

const DEEP = process.env.DEEP === 'true'
const AGENT = 1
const CUSTOMER = 2
/** The grace period, and the handshake that follows it at the latest, in ms. */
const OVER_MS = 70_000

const counts = { replays: 0, refused: 0, losses: 0, recovered: 0, ended: 0 }
afterAll(() => {
  const { replays, refused, losses, recovered, ended } = counts
  console.info(
    `» After a return: ${replays} records replayed, ${refused} refused. Replies lost on the way back: ${losses}, ${recovered} recovered, ${ended} ended`,
  )
})

/** How the agent stands, after everything has had its time: in the session, at both ends and with keys that fit, or out of it at both ends. */
async function standing({ session, customer, host, clock }: Assisting): Promise<'in' | 'out'> {
  await clock.advance(OVER_MS)
  const listed = customer.participants.some(({ participant, phase }) => participant === AGENT && phase !== 0)
  if (session.phase !== 'active') {
    expect(session.phase).toBe('gone')
    expect(listed).toBe(false)
    return 'out'
  }
  const heard = session.once('chat')
  customer.say('Are you there?')
  expect((await heard).text).toBe('Are you there?')
  await session.control.request()
  const before = host.done.length
  session.input.type('Yes.')
  await settle()
  expect(host.done.slice(before)).toEqual([{ text: 'Yes.' }])
  return 'in'
}

describe('a record of the line before', () => {
  test('is refused on the new one (RA-SEC-206, RA-SEC-214, RA-SEC-225)', async () => {
    const places = (await tape(WHOLE)).map(({ spot }) => spot).filter(({ channel }) => channel !== Channel.HANDSHAKE)
    const firsts = new Map(places.toReversed().map(spot => [`${spot.source}>${spot.target} ${spot.channel}`, spot]))
    for (const spot of DEEP ? places : firsts.values()) {
      const title = `${Channel[spot.channel]} ${spot.nth + 1} from ${spot.source} to ${spot.target}`
      counts.replays++
      const code = await replayed(spot)
      expect.soft([CloseCode.BAD_RECORD, CloseCode.BAD_HEADER], title).toContain(code)
      if (code !== undefined) counts.refused++
    }
    expect(counts.refused).toBe(counts.replays)
  }, 600_000)

  /** With what code somebody ends when a record of the story comes again once everybody has returned. */
  async function replayed(spot: Spot): Promise<CloseCode | undefined> {
    const watch = new Watch()
    let old: Hop | undefined
    const cast = await tell(
      WHOLE,
      relay => {
        relay.meddle = hop => {
          if (keyOf(watch.place(hop)) === keyOf(spot)) old = { ...hop, payload: hop.payload.slice() }
          return [hop.bytes]
        }
      },
      // The last records of the tape may come a moment later this time.
      ({ clock }) => clock.now() > (old === undefined ? 20_000 : 5_500),
    )
    const { relay, clock, agent } = cast
    expect(old).toBeDefined()
    if (old === undefined) return undefined
    for (const number of [AGENT, 3, 4]) relay.cut(number)
    await clock.advance(3_000)
    expect([cast.session?.phase, cast.second?.phase]).toEqual(['active', 'active'])
    const before = relay.seen.length
    const { channel, source, target, targets, payload } = old
    relay.forge(target, encodeFrame({ channel, source, targets, sequence: 1_000_000 }, payload))
    await settle()
    const [first] = evidenceIn(relay.seen.slice(before))
    await agent.close()
    return first?.code
  }
})

describe('whoever has a resume token without the secret', () => {
  /** A session that somebody else takes up with the agent's token. */
  async function stolen(it: Assisting): Promise<Rogue> {
    const resumeToken = it.relay.tokens.get(AGENT)?.at(-1) ?? new Uint8Array()
    const thief = new Rogue({
      role: Role.AGENT,
      resumeToken,
      // The name of the secret crosses the line in clear; the secret does not.
      secrets: ({ secretId }) => [resumeSecret({ name: secretId, secret: systemRandom.bytes(32) })],
    })
    await thief.join(it.relay.transport)
    await settle()
    return thief
  }

  test('takes the line and gets no key: the customer has done with it, and the agent is told (RA-SEC-045, RA-SEC-034)', async () => {
    const it = await assisting()
    await it.session.control.request()
    const { session, host, customer, clock, agent } = it
    const over = agent.once('ended')
    const thief = await stolen(it)
    await clock.advance(OVER_MS)
    expect(thief.secured).toBe(false)
    expect(thief.heard).toEqual([])
    expect(host.done).toEqual([])
    expect(session.phase).toBe('gone')
    expect(await over).toMatchObject({ code: 'E_REPLACED' })
    expect(customer.participants.map(({ participant }) => participant)).toEqual([CUSTOMER])
    expect(evidenceIn(it.relay.seen).slice(-2)).toMatchObject([
      { what: 'handshake failed', code: CloseCode.WRONG_SECRET },
      { what: 'evicted', whom: AGENT, code: CloseCode.WRONG_SECRET },
    ])
  })

  test.each(['before', 'after'] as const)('and comes %s the agent who returns gets no key either, on whichever of the two lines', async when => {
    const it = await assisting()
    const { session, relay, clock, host } = it
    relay.deaf = true
    relay.cut(AGENT)
    await settle()
    relay.deaf = false
    const thieves: Rogue[] = []
    if (when === 'before') thieves.push(await stolen(it))
    await clock.advance(1_000)
    if (when === 'after') thieves.push(await stolen(it))
    const how = await standing(it)
    expect(thieves.every(({ secured }) => !secured)).toBe(true)
    expect(host.done.length).toBe(how === 'in' ? 1 : 0)
    expect(session.phase).toBe(how === 'in' ? 'active' : 'gone')
  })
})

describe('a reply that is lost on the way back', () => {
  const MESSAGES = 6
  const MISHAPS = ['dropped', 'agent cut before', 'agent cut after', 'customer cut before', 'customer cut after', 'both cut'] as const

  /** Returns `times` times in vain: each time that happens to the nth message of the handshake. */
  async function mishap(at: number, what: (typeof MISHAPS)[number], times: number): Promise<'in' | 'out'> {
    const it = await assisting()
    const { relay } = it
    let [place, left] = [0, times]
    relay.meddle = hop => {
      if (hop.channel !== Channel.HANDSHAKE || left === 0 || place++ !== at) return [hop.bytes]
      place = 0
      left--
      const cut = () => {
        if (!what.startsWith('customer')) relay.cut(AGENT)
        if (!what.startsWith('agent')) relay.cut(CUSTOMER)
      }
      if (what === 'dropped') return []
      if (what.endsWith('after')) {
        queueMicrotask(() => queueMicrotask(() => queueMicrotask(cut)))
        return [hop.bytes]
      }
      cut()
      return []
    }
    relay.cut(AGENT)
    const how = await standing(it)
    expect(left).toBe(0)
    counts.losses += times
    if (how === 'in') counts.recovered++
    else counts.ended++
    return how
  }

  test.each(MISHAPS)('%s: the two have one another back, or both know that they have not', async what => {
    for (let at = 0; at < MESSAGES; at++) {
      const how = await mishap(at, what, 1)
      // A line that drops is nobody's fault. A message that a broker swallows is not told from an end that is silent.
      if (what !== 'dropped') expect.soft(how, `message ${at + 1}`).toBe('in')
    }
  })

  test.each([3, 7])('the last of them, %i times in a row', async times => {
    expect(await mishap(MESSAGES - 1, 'both cut', times)).toBe('in')
    expect(await mishap(MESSAGES - 1, 'agent cut before', times)).toBe('in')
  })
})
