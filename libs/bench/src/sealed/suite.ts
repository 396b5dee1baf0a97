import { Program } from '../program.js'
import { makeSession } from '../relay/line.js'
import { atLeast, atMost, compare, type Goal, type Row } from '../row.js'
import type { Effort, Suite } from '../suite.js'
import { type Contestant, type Course, takeTurns } from '../turns.js'
import { MESSAGE_BYTES, type Way } from './work.js'

/** SEALED: what a participant's outbox seals and another's inbox opens, beside bare `ws`; each end in a process of its own, with nothing between them, and with a relay. */
export const sealedSuite: Suite = { name: 'SEALED', title: 'Sealed bulk from end to end, beside bare ws', run }

/** What one round reached. */
interface Reached {
  readonly mbPerSecond: number
  /** All processes together. */
  readonly cpuUsPerMessage: number
}

const BARE = 'bare ws line'
const CIPHERED = 'bare ws line, AES-256-GCM'
const PIPE = 'bare ws pipe'

async function* run(effort: Effort): AsyncGenerator<Row> {
  const direct = await raced([() => Line.direct('ours', 'sealed'), () => Line.direct(BARE, 'bare'), () => Line.direct(CIPHERED, 'ciphered')], effort)
  const rate = (reached: Reached): number => reached.mbPerSecond
  yield row('sealed bulk, 64 KiB', 'MB/s', direct, BARE, rate, atLeast(0.8))
  yield row('sealed bulk, 64 KiB, beside a cipher', 'MB/s', direct, CIPHERED, rate, atLeast(0.8))
  yield row('sealed bulk, 64 KiB, CPU a message', 'µs', direct, CIPHERED, reached => reached.cpuUsPerMessage, atMost(1.25))
  const relayed = await raced([() => Line.throughBroker('ours'), () => Line.throughPipe(PIPE)], effort)
  yield row('sealed bulk, 64 KiB, through the broker', 'MB/s', relayed, PIPE, rate, atLeast(0.8))
}

/** What each line reached in turns; then all of them are closed. */
async function raced(opening: readonly (() => Promise<Line>)[], effort: Effort): Promise<readonly Course<Reached>[]> {
  const lines: Line[] = []
  try {
    for (const open of opening) lines.push(await open())
    return await takeTurns(
      lines.map(line => line.contestant(effort)),
      effort.quick ? 5 : 11,
    )
  } finally {
    await Promise.all(lines.map(line => line.close()))
  }
}

/** The first of them beside the one of this name. */
function row(name: string, unit: string, courses: readonly Course<Reached>[], peerName: string, of: (reached: Reached) => number, goal: Goal): Row {
  const [ours] = courses
  const peer = courses.find(course => course.name === peerName)
  if (ours === undefined || peer === undefined) throw new RangeError('Nobody took part.')
  return compare(name, unit, { name: ours.name, values: ours.rounds.map(of) }, [{ name: peer.name, values: peer.rounds.map(of) }], goal)
}

/** Two processes and a WebSocket, or two and a relay between them. */
class Line {
  private constructor(
    readonly name: string,
    private readonly source: Program,
    private readonly sink: Program,
    private readonly relay?: Program,
  ) {}

  static async direct(name: string, way: Way): Promise<Line> {
    const sink = await Program.start('sealed/programs/sink', way)
    return new Line(name, await Program.start('sealed/programs/source', way, sink.url), sink)
  }

  /** As a session has it: the agent and the customer come to a broker. */
  static async throughBroker(name: string): Promise<Line> {
    const broker = await Program.start('relay/programs/broker')
    const { session, agentToken } = await makeSession(broker.url)
    const source = await Program.start('sealed/programs/source', 'sealed', broker.url, 'acknowledged', agentToken)
    return new Line(name, source, await Program.start('sealed/programs/sink', 'sealed', broker.url, session.locator), broker)
  }

  /** The same bytes, as they are, through the least that relays. */
  static async throughPipe(name: string): Promise<Line> {
    const pipe = await Program.start('relay/programs/websocket-pipe')
    const sink = await Program.start('sealed/programs/sink', 'bare', pipe.url)
    return new Line(name, await Program.start('sealed/programs/source', 'bare', pipe.url, 'acknowledged'), sink, pipe)
  }

  contestant({ quick }: Effort): Contestant<Reached> {
    const messages = quick ? 200 : 5_000
    return {
      name: this.name,
      round: async () => {
        const before = await this.#cpuUs()
        const start = performance.now()
        await Promise.all([this.sink.ask({ messages }), this.source.ask({ messages })])
        const ms = performance.now() - start
        return { mbPerSecond: (messages * MESSAGE_BYTES) / 1000 / ms, cpuUsPerMessage: ((await this.#cpuUs()) - before) / messages }
      },
    }
  }

  async close(): Promise<void> {
    for (const program of this.#programs) await program.stop()
  }

  get #programs(): readonly Program[] {
    return [this.source, this.sink, ...(this.relay === undefined ? [] : [this.relay])]
  }

  /** What all processes used so far. */
  async #cpuUs(): Promise<number> {
    return (await Promise.all(this.#programs.map(program => program.cpuUs()))).reduce((sum, used) => sum + used)
  }
}
