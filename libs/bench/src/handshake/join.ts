import { virtualHost } from '@remote-assist/customer'
import { Agent, Customer, type Frame, type Session } from '@remote-assist/peer'
import { Painting } from '@remote-assist/peer/node'
import { connect } from '@remote-assist/transport-websocket'
import { WebSocket } from 'ws'
import { Program } from '../program.js'
import { compare, type Row, within } from '../row.js'
import type { Effort } from '../suite.js'
import { takeTurns } from '../turns.js'

/** What a person waits for who has typed a PIN, in milliseconds. */
const GOAL = within(300)
const HELLO = new Uint8Array(1)

/** From `Customer.join` to the first frame painted at the agent's end, over a broker in a process of its own; both ends are in this one. */
export async function* joining({ quick }: Effort): AsyncGenerator<Row> {
  const broker = await Program.start('relay/programs/broker')
  const pipe = await Program.start('relay/programs/websocket-pipe')
  let pictureBytes = 0
  try {
    const [ours, peer] = await takeTurns(
      [
        {
          name: 'ours',
          round: async () => {
            const { ms, bytes } = await join(broker.url)
            pictureBytes = bytes
            return ms
          },
        },
        { name: 'bare ws pipe: connect, and the same bytes', round: () => fetchBytes(pipe.url, pictureBytes) },
      ],
      quick ? 5 : 21,
    )
    if (ours === undefined || peer === undefined) throw new RangeError('Nobody took part.')
    yield compare('join to first pixel', 'ms', { name: ours.name, values: ours.rounds }, [{ name: peer.name, values: peer.rounds }], GOAL)
  } finally {
    await Promise.all([broker.stop(), pipe.stop()])
  }
}

/** One session: the agent waits, a customer types its PIN and allows everything, the agent shows the first screen. */
async function join(brokerUrl: string): Promise<{ readonly ms: number; readonly bytes: number }> {
  const agent = await Agent.create({ brokerUrl, transport: connect, displayName: 'Ada' })
  const host = virtualHost({ screens: [{ width: 1280, height: 800 }] })
  const assisted = agent.customer()
  const start = performance.now()
  const customer = await Customer.join({ transport: connect(brokerUrl), pin: agent.pin.grouped, host, displayName: 'Cleo' })
  customer.on('consent', request => request.grantAll())
  const frame = await firstFrame(await assisted)
  new Painting().paint(frame)
  const ms = performance.now() - start
  await agent.close()
  await customer.close()
  return { ms, bytes: frame.rects.reduce((sum, { data }) => sum + data.length, 0) }
}

async function firstFrame({ screens }: Session): Promise<Frame> {
  const frames = screens.frames()
  const [first] = await Promise.all([frames.next(), screens.show(screens.next())])
  if (first.done === true) throw new Error('The session ended before there was a picture.')
  return first.value
}

/** What no join can do without: a WebSocket is opened, something is said, and as many bytes as the first picture has come from the other end. */
function fetchBytes(url: string, bytes: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const options = { perMessageDeflate: false }
    const far = new WebSocket(url, options)
    far.on('error', reject)
    far.on('message', () => far.send(new Uint8Array(bytes)))
    far.on('open', () => {
      const start = performance.now()
      const near = new WebSocket(url, options)
      near.on('error', reject)
      near.on('open', () => near.send(HELLO))
      near.on('message', () => {
        resolve(performance.now() - start)
        near.terminate()
        far.terminate()
      })
    })
  })
}
