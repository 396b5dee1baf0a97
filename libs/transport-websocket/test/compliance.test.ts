import { once } from 'node:events'
import { MAX_FRAME_BYTES } from '@remote-assist/transport'
import type { ComplianceSubject } from '@remote-assist/transport/compliance'
import { transportCompliance } from '@remote-assist/transport/compliance'
import { connect, listen, SUBPROTOCOL } from '@remote-assist/transport-websocket'
import { test } from 'vitest'
import { WebSocket } from 'ws'

const subject: ComplianceSubject = {
  listen: accept => listen(accept),
  connect: address => connect(address),
  nowhere: 'ws://127.0.0.1:1',
  sendOversize: async address => {
    const socket = new WebSocket(address, SUBPROTOCOL)
    await once(socket, 'open')
    socket.send(new Uint8Array(MAX_FRAME_BYTES + 1))
    await once(socket, 'close')
  },
}

for (const { title, run } of transportCompliance('websocket', subject)) test(title, run)
