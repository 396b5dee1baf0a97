import { randomBytes } from 'node:crypto'
import { connect as connectGrpc } from '@remote-assist/transport-grpc'
import { connect as connectWebSocket } from '@remote-assist/transport-websocket'
import { Program } from '../program.js'
import { atLeast, atMost, compare, type Goal, type Row } from '../row.js'
import type { Effort, Suite } from '../suite.js'
import { type Contestant, takeTurns } from '../turns.js'
import { brokerLine, type Line, pipeLine } from './line.js'
import { ping, pump } from './measure.js'

/** P3: the broker beside a bare pipe, each in a process of its own; both ends are in this one, and the same for both. */
export const relaySuite: Suite = { name: 'P3', title: 'The broker, beside a bare pipe of the same library', run }

/** What a broker relays: to it, a sealed record is random bytes. */
const PAYLOAD = randomBytes(65_536)
const SMALL_PAYLOAD = randomBytes(64)

/** Half the bytes that make a broker speak of lag: what is measured is the relay, not its queue. */
const WINDOW_FRAMES = 8

/** What one round of a relay reached. */
interface Reached {
  readonly mbPerSecond: number
  readonly cpuUsPerFrame: number
  readonly p50: number
  readonly p99: number
}

interface Binding {
  readonly name: string
  readonly pipe: 'relay/programs/websocket-pipe' | 'relay/programs/grpc-pipe'
  readonly peerName: string
  broker(program: Program): Promise<Line>
  bare(program: Program): Promise<Line>
}

const BINDINGS: readonly Binding[] = [
  {
    name: 'WebSocket',
    pipe: 'relay/programs/websocket-pipe',
    peerName: 'bare ws pipe',
    broker: ({ url }) => brokerLine(url, connectWebSocket(url)),
    bare: ({ url }) => pipeLine(connectWebSocket(url)),
  },
  {
    name: 'gRPC',
    pipe: 'relay/programs/grpc-pipe',
    peerName: 'bare grpc-js pipe, 8 MiB windows',
    broker: ({ url, grpcUrl = '' }) => brokerLine(url, connectGrpc(grpcUrl)),
    bare: ({ url }) => pipeLine(connectGrpc(url)),
  },
]

async function* run(effort: Effort): AsyncGenerator<Row> {
  for (const binding of BINDINGS) yield* relaying(binding, effort)
}

async function* relaying(binding: Binding, effort: Effort): AsyncGenerator<Row> {
  const broker = await Program.start('relay/programs/broker')
  const pipe = await Program.start(binding.pipe)
  const lines = [await binding.broker(broker), await binding.bare(pipe)] as const
  try {
    const contestants = [contestant('ours', broker, lines[0], effort), contestant(binding.peerName, pipe, lines[1], effort)]
    const [ours, peer] = await takeTurns(contestants, effort.quick ? 5 : 11)
    if (ours === undefined || peer === undefined) throw new RangeError('Nobody took part.')
    const row = (name: string, unit: string, of: (reached: Reached) => number, goal: Goal) =>
      compare(name, unit, { name: ours.name, values: ours.rounds.map(of) }, [{ name: peer.name, values: peer.rounds.map(of) }], goal)
    yield row(`relay 64 KiB, ${binding.name}`, 'MB/s', reached => reached.mbPerSecond, atLeast(0.95))
    yield row(`relay 64 KiB, ${binding.name}, CPU a frame`, 'µs', reached => reached.cpuUsPerFrame, atMost(1.05))
    yield row(`relay 64 B and back, ${binding.name}, p50`, 'µs', reached => reached.p50, atMost(1.15))
    yield row(`relay 64 B and back, ${binding.name}, p99`, 'µs', reached => reached.p99, atMost(1.15))
  } finally {
    for (const { near, far } of lines) {
      near.close()
      far.close()
    }
    await Promise.all([broker.stop(), pipe.stop()])
  }
}

function contestant(name: string, program: Program, line: Line, { quick }: Effort): Contestant<Reached> {
  const frames = quick ? 300 : 3_000
  const pings = quick ? 200 : 2_000
  return {
    name,
    round: async () => {
      const before = await program.cpuUs()
      const ms = await pump(line, PAYLOAD, frames, WINDOW_FRAMES)
      const cpuUs = (await program.cpuUs()) - before
      const { p50, p99 } = await ping(line, SMALL_PAYLOAD, pings)
      return { mbPerSecond: (frames * PAYLOAD.length) / 1000 / ms, cpuUsPerFrame: cpuUs / frames, p50, p99 }
    },
  }
}
