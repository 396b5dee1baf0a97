import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { Connection, Listener } from '@remote-assist/transport'
import { listen } from '@remote-assist/transport-websocket'
import { WebSocketServer } from 'ws'
import type { Order, Report } from './orders.js'

/** Listeners that a page controls over a WebSocket of its own, so that the compliance suite can run in the page and still hold both ends. */
export async function startFarEnd(): Promise<{ readonly address: string; close(): void }> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  await once(server, 'listening')
  server.on('connection', control => {
    const listeners = new Map<number, Listener>()
    const connections = new Map<number, Connection>()
    const report = (message: Report) => control.send(JSON.stringify(message))

    const start = async (place: number) => {
      const listener = await listen(
        connection => {
          const id = connections.size + 1
          connections.set(id, connection)
          report({ op: 'accepted', place, id, remoteAddress: connection.remoteAddress })
          return {
            frame: bytes => control.send(Buffer.concat([Buffer.from(Uint32Array.of(id).buffer), bytes])),
            closed: ({ code, reason, clean, error }) => report({ op: 'closed', id, code: code ?? null, reason, clean, error: error?.code ?? null }),
          }
        },
        { origins: () => true },
      )
      listeners.set(place, listener)
      report({ op: 'listening', place, address: listener.address })
    }

    const obey = async (order: Order) => {
      if (order.op === 'listen') await start(order.place)
      else if (order.op === 'close-place') {
        await listeners.get(order.place)?.close(order.code)
        report({ op: 'place-closed', place: order.place })
      } else if (order.op === 'close') connections.get(order.id)?.close(order.code, order.reason)
      else connections.get(order.id)?.[order.op]()
    }

    control.on('message', (data: Buffer, isBinary) => {
      if (!isBinary) return void obey(JSON.parse(data.toString()) as Order)
      const id = data.readUInt32LE(0)
      connections.get(id)?.send(data.subarray(4))
      report({ op: 'sent', id, bytes: data.length - 4 })
    })
  })
  return { address: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => void server.close() }
}
