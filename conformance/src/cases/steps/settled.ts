/** Barriers: what was sent has been taken, what that caused has come, and what becomes of a testee's line has become of it. */
import { EventOverdue, RoleRefused, type RoleUnderTest, type TesteeEvent } from '../../adapter/index.js'
import type { Failing } from '../../model.js'
import { type BrokerPlayer, Overdue, type Player } from '../../play/player.js'
import { Disappointment, type Performance } from '../performance.js'

/** So often a testee is looked at that may say Hello on a line that it has just opened: each look takes it a step further, and that takes fewer. */
const LOOKS = 8
const TELLS_WITHIN_MS = 10_000
const PASSES_WITHIN_MS = 6_000

/** What was sent has been taken, and what it caused has come: barriers of everybody who could hear. */
export async function settled(p: Performance, where: string): Promise<void> {
  const { players, broker } = p.cast.stage
  if (broker !== undefined) {
    if (!broker.attached) return await lineSettled(p, broker)
    const [first] = where === 'broker' ? players.values() : [p.player(where)]
    if (first === undefined) return
    try {
      await passed(p, broker, first)
      await looked(p.cast.testee)
      await passed(p, broker, first)
    } catch (error) {
      if (!(error instanceof Overdue)) throw error
      throw new Disappointment('hang', `the testee does not answer: ${error.message}`)
    }
    return
  }
  // Whoever has a line may have sent what is waited for: first all of that has been taken, then what it caused has come.
  const attached = [...players.values()].filter(
    ({ attached, manners, name, number }) => attached && number !== 0 && !p.deaf.has(name) && (manners.pong || name === where),
  )
  await Promise.all(attached.map(answered))
  const player = p.player(where)
  if (attached.includes(player)) await answered(player)
}

/**
 * A testee that is not attached has learned of the end of a line that is over, has one that it was asking for, or none came of it; and what it said on that has come.
 * Behind the end of its line nothing can come any more, unless it opens another one.
 */
export async function lineSettled({ cast: { testee } }: Performance, broker: BrokerPlayer): Promise<void> {
  await looked(testee)
  for (let awaited = beforeNextOfLine(testee, broker); awaited !== undefined; awaited = beforeNextOfLine(testee, broker)) {
    await nextOfLine(testee, awaited)
    await looked(testee)
  }
  for (let look = 0; look < LOOKS; look++) await looked(testee)
  await broker.flushed()
}

const isOfLine = ({ name }: TesteeEvent): boolean => name === 'line'

/** What the testee told of its line last, if it has more to tell: what comes of one that it asks for, or, unless it is over, that it knows of the end of one. */
function beforeNextOfLine({ events }: RoleUnderTest, { hasLine }: BrokerPlayer): TesteeEvent | undefined {
  const last = events.all.findLast(isOfLine)
  const isOver = events.all.some(({ name }) => name === 'ended')
  return last?.fields === 'opening' || (last?.fields === 'up' && !hasLine && !isOver) ? last : undefined
}

async function nextOfLine({ events }: RoleUnderTest, { fields, index }: TesteeEvent): Promise<void> {
  try {
    await events.next(isOfLine, { from: index + 1, withinMs: TELLS_WITHIN_MS })
  } catch (error) {
    if (!(error instanceof EventOverdue)) throw error
    throw new Disappointment('hang', `the testee told that its line is ${String(fields)}, and not what became of that`)
  }
}

/** A line that had to end is there, and the testee is alive: whether it answers on that line is of no matter. */
export async function leftOpen({ cast: { testee } }: Performance): Promise<Failing> {
  await looked(testee)
  return 'absent'
}

/** The testee has got round to a command; one that cannot tell how it stands has, as well. */
async function looked(testee: RoleUnderTest): Promise<void> {
  await testee.snapshot().catch((error: unknown) => {
    if (!(error instanceof RoleRefused)) throw error
  })
}

/** The testee has answered, or its line, which was ending already when it was asked, has ended. */
async function passed(p: Performance, broker: BrokerPlayer, player: Player): Promise<void> {
  if (!broker.attached) return
  const from = p.cast.stage.events.length
  await Promise.race([player.barrier(), broker.inbox.closing({ from, withinMs: PASSES_WITHIN_MS })])
}

/** The broker under test answers this player; a line that ended meanwhile has nothing more to bring. */
export async function answered(player: Player): Promise<void> {
  try {
    await player.barrier()
  } catch (error) {
    if (!player.attached) return
    if (!(error instanceof Overdue)) throw error
    throw new Disappointment('hang', `the testee does not answer ${player.name}: ${error.message}`)
  }
}
