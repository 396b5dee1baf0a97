import { mkdir, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { endingAll } from '../ends.js'
import { Assisted } from '../files/assisted.js'
import { SshServer } from '../files/ssh.js'
import { scratchFolder } from '../files/suite.js'
import { type Congestion, Link } from '../link/link.js'
import { atLeast, beyond, compare, type Row } from '../row.js'
import { quantile } from '../statistics.js'
import type { Effort, Suite } from '../suite.js'
import { takeTurns } from '../turns.js'

/** P8: keys and a transfer over a link that is slow and far, without and with loss, by each congestion control. */
export const farSuite: Suite = { name: 'P8', title: 'Over a link of 20 Mbit/s and 40 ms', run }

const RATE = 20e6
/** What the link carries at most, in MB/s. */
const LINK_MB = RATE / 8 / 1e6
const SHAPE = { rate: RATE, delayMs: 20, queueBytes: 250_000, seed: 8 }
/** A key may take so much longer beside a transfer than on the idle link, in milliseconds. */
const MORE_MS = 60
const KEY_EVERY_MS = 50
const MIB = 2 ** 20

const CONGESTION: readonly Congestion[] = ['cubic', 'bbr']

async function* run(effort: Effort): AsyncGenerator<Row> {
  for (const congestion of effort.quick ? CONGESTION.slice(0, 1) : CONGESTION) {
    for (const loss of [0, 0.01]) yield* over(congestion, loss, effort)
  }
}

const over = (congestion: Congestion, loss: number, { quick }: Effort): AsyncGenerator<Row> =>
  endingAll(async function* (ends) {
    const folder = await scratchFolder(ends)
    const received = join(folder, 'received')
    await mkdir(received)
    const bytes = (quick ? 1 : loss === 0 ? 100 : 20) * MIB
    const file = join(folder, 'file')
    await fill(file, bytes)
    const link = await Link.open({ ...SHAPE, loss, congestion: [congestion, congestion] })
    ends.push(() => link.close())
    const server = await SshServer.start(join(folder, 'ssh'), link.far)
    ends.push(() => server.stop())
    const assisted = await Assisted.open(ends, received, link)
    const keys = quick ? 10 : 200

    const [idle, ours, scp] = await takeTurns(
      [
        { name: 'the idle link', round: async () => ({ p99: quantile(await assisted.keys(keys, KEY_EVERY_MS), 0.99), rate: 0 }) },
        {
          name: 'ours',
          round: async () => {
            const start = performance.now()
            const sent = assisted.send(file).then(() => performance.now() - start)
            // Keys are pressed while the transfer is under way, and it goes on after them.
            const p99 = quantile(await assisted.keys(keys, KEY_EVERY_MS), 0.99)
            const ms = await sent
            await rm(join(received, 'file'))
            return { p99, rate: bytes / 1e3 / ms }
          },
        },
        {
          name: 'scp',
          round: async () => {
            const start = performance.now()
            await server.scp(file, join(folder, 'by-scp'), { side: link.near })
            return { p99: 0, rate: bytes / 1e3 / (performance.now() - start) }
          },
        },
      ],
      5,
    )
    if (idle === undefined || ours === undefined || scp === undefined) throw new RangeError('Nobody took part.')
    const p99s = ({ name, rounds }: typeof ours) => ({ name, values: rounds.map(({ p99 }) => p99) })
    const rates = ({ name, rounds }: typeof ours) => ({ name, values: rounds.map(({ rate }) => rate) })
    const where = `${congestion}, ${loss === 0 ? 'no loss' : `${loss * 100} % loss`}`
    yield compare(`key beside a transfer, p99, ${where}`, 'ms', p99s(ours), [p99s(idle)], beyond(MORE_MS))
    yield compare(`transfer, ${where}`, 'MB/s', rates(ours), [rates(scp)], atLeast(1))
    if (loss === 0) yield compare(`transfer, ${where}, beside the link`, 'MB/s', rates(ours), [{ name: 'the link', values: [LINK_MB] }], atLeast(0.8))
  })

async function fill(path: string, bytes: number): Promise<void> {
  const handle = await open(path, 'w')
  const block = crypto.getRandomValues(new Uint8Array(65_536))
  for (let left = bytes; left > 0; left -= block.length) await handle.write(block)
  await handle.close()
}
