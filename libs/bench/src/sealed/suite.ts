import { Program } from '../program.js'
import { atLeast, atMost, compare, type Goal, type Row } from '../row.js'
import type { Effort, Suite } from '../suite.js'
import { type Contestant, takeTurns } from '../turns.js'
import { MESSAGE_BYTES, type Way } from './work.js'

/** SEALED: what a participant's outbox seals and another's inbox opens, beside a bare `ws` line; each end in a process of its own, nothing between them. */
export const sealedSuite: Suite = { name: 'SEALED', title: 'Sealed bulk from end to end, beside a bare ws line', run }

/** What one round reached. */
interface Reached {
  readonly mbPerSecond: number
  /** Both ends together. */
  readonly cpuUsPerMessage: number
}

const BARE = 'bare ws line'
const CIPHERED = 'bare ws line, AES-256-GCM'

async function* run(effort: Effort): AsyncGenerator<Row> {
  const lines = [await Line.open('ours', 'sealed'), await Line.open(BARE, 'bare'), await Line.open(CIPHERED, 'ciphered')]
  try {
    const [ours, bare, ciphered] = await takeTurns(
      lines.map(line => line.contestant(effort)),
      effort.quick ? 5 : 11,
    )
    if (ours === undefined || bare === undefined || ciphered === undefined) throw new RangeError('Nobody took part.')
    const row = (name: string, unit: string, peer: typeof bare, of: (reached: Reached) => number, goal: Goal) =>
      compare(name, unit, { name: ours.name, values: ours.rounds.map(of) }, [{ name: peer.name, values: peer.rounds.map(of) }], goal)
    yield row('sealed bulk, 64 KiB', 'MB/s', bare, reached => reached.mbPerSecond, atLeast(0.8))
    yield row('sealed bulk, 64 KiB, beside a cipher', 'MB/s', ciphered, reached => reached.mbPerSecond, atLeast(0.8))
    yield row('sealed bulk, 64 KiB, CPU a message', 'µs', ciphered, reached => reached.cpuUsPerMessage, atMost(1.25))
  } finally {
    await Promise.all(lines.map(line => line.close()))
  }
}

/** Two processes and a WebSocket. */
class Line {
  private constructor(
    readonly name: string,
    private readonly source: Program,
    private readonly sink: Program,
  ) {}

  static async open(name: string, way: Way): Promise<Line> {
    const sink = await Program.start('sealed/programs/sink', way)
    return new Line(name, await Program.start('sealed/programs/source', way, sink.url), sink)
  }

  contestant({ quick }: Effort): Contestant<Reached> {
    const messages = quick ? 200 : 5_000
    return {
      name: this.name,
      round: async () => {
        const before = (await this.source.cpuUs()) + (await this.sink.cpuUs())
        const start = performance.now()
        const used = await Promise.all([this.sink.ask({ messages }), this.source.ask({ messages })])
        const ms = performance.now() - start
        return { mbPerSecond: (messages * MESSAGE_BYTES) / 1000 / ms, cpuUsPerMessage: (used[0] + used[1] - before) / messages }
      },
    }
  }

  async close(): Promise<void> {
    await this.source.stop()
    await this.sink.stop()
  }
}
