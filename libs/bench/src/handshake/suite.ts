import { compare, type Row, within } from '../row.js'
import type { Effort, Suite } from '../suite.js'
import { type Contestant, type Course, takeTurns } from '../turns.js'
import { curveWork, someShare } from './curve.js'
import { exchange, pin, resume, type Spent } from './exchange.js'
import { joining } from './join.js'

/** P12: how long a handshake keeps each side busy, and how long it takes from the PIN to the first picture. */
export const handshakeSuite: Suite = { name: 'P12', title: 'Handshake, and join to the first pixel', run }

/** CPU time a side, in milliseconds. */
const GOAL = within(15)

async function* run(effort: Effort): AsyncGenerator<Row> {
  yield* handshakes(effort)
  yield* joining(effort)
}

async function* handshakes({ quick }: Effort): AsyncGenerator<Row> {
  const exchanges = quick ? 3 : 20
  const contestant = (name: string, once: (spent: Spent) => void): Contestant<Spent> => ({
    name,
    round: () => {
      const spent = { customer: 0, joiner: 0 }
      for (let n = 0; n < exchanges; n++) once(spent)
      return { customer: spent.customer / exchanges, joiner: spent.joiner / exchanges }
    },
  })
  const [byPin, byResume, curve] = await takeTurns(
    [
      contestant('by PIN', spent => exchange(pin(), spent)),
      contestant('on a return', spent => exchange(resume(), spent)),
      contestant('CPace’s points alone, @noble/curves', timeCurve),
    ],
    quick ? 5 : 31,
  )
  if (byPin === undefined || byResume === undefined || curve === undefined) throw new RangeError('Nobody took part.')
  const sample = ({ name, rounds }: Course<Spent>, side: keyof Spent) => ({ name, values: rounds.map(spent => spent[side]) })
  for (const course of [byPin, byResume])
    for (const side of ['customer', 'joiner'] as const)
      yield compare(`handshake ${course.name}, CPU of the ${side}`, 'ms', sample(course, side), [sample(curve, side)], GOAL)
}

function timeCurve(spent: Spent): void {
  const share = someShare()
  const before = process.cpuUsage()
  curveWork(share)
  const { user, system } = process.cpuUsage(before)
  spent.customer += (user + system) / 1000
  spent.joiner = spent.customer
}
