/** A testee that plays every role and lets nobody near: an end attaches and closes at once, a broker refuses every Hello. */
import { Channel, CloseCode, encodeFrame, encodeRelay, Role as RoleName } from '@remote-assist/codec'
import type { Accept, Connection } from '@remote-assist/transport'
import { listen as listenGrpc } from '@remote-assist/transport-grpc'
import { listen as listenWebSocket } from '@remote-assist/transport-websocket'
import type { Answer, AnswerKind, Command, StartRole } from '../contract.js'
import { transportTo } from '../line.js'
import { type Answering, HELLO } from '../testee.js'

/** Closes as soon as it is open. */
const closes: Accept = connection => {
  queueMicrotask(() => connection.close(CloseCode.LEFT))
  return { frame: () => undefined, closed: () => undefined }
}

/** Answers whatever comes first with a Refusal. */
const refuses: Accept = connection => ({ frame: () => refuse(connection), closed: () => undefined })

function refuse(connection: Connection): void {
  const kind = { $case: 'refusal', value: { code: CloseCode.NOT_FOUND, retryAfterMs: 0, detail: '' } } as const
  connection.send(encodeFrame({ channel: Channel.RELAY, source: 0, targets: [], sequence: 1 }, encodeRelay({ kind })))
  connection.close(CloseCode.NOT_FOUND)
}

/** Answers what it is told to do by refusing it. */
export function rejecting(send: (answer: Answer) => void): Answering {
  const ends: (() => Promise<void>)[] = []
  const close = async () => {
    for (const end of ends.splice(0)) await end()
  }
  const broker = async (): Promise<AnswerKind> => {
    const [websocket, grpc] = await Promise.all([listenWebSocket(refuses), listenGrpc(refuses)])
    ends.push(
      () => websocket.close(),
      () => grpc.close(),
    )
    return { case: 'roleReady', value: { websocketUrl: websocket.address, grpcUrl: grpc.address } }
  }
  const end = async (start: StartRole): Promise<AnswerKind> => {
    await transportTo(start)
      .open(closes)
      .catch(() => undefined)
    return { case: 'roleReady', value: { pin: '0000000000', customerUrl: 'http://127.0.0.1:9/join#' } }
  }
  const answer = async ({ kind }: Command): Promise<AnswerKind> => {
    switch (kind.case) {
      case 'hello':
        return HELLO
      case 'startRole':
        return (kind.value.role as number) === RoleName.BROKER ? broker() : end(kind.value)
      case 'snapshot':
        return { case: 'snapshotData', value: {} }
      case 'stopRole':
      case 'shutdown':
        await close()
        return { case: 'result', value: { ok: true } }
      default:
        return { case: 'result', value: { ok: false, error: 'refused', text: 'This testee refuses everything.' } }
    }
  }
  return { take: async command => send({ reSeq: command.seq, key: command.key, kind: await answer(command) }), close }
}
