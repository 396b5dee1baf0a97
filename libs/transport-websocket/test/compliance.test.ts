import { once } from 'node:events'
import { MAX_FRAME_BYTES } from '@remote-assist/transport'
import type { ComplianceSubject } from '@remote-assist/transport/compliance'
import { transportCompliance } from '@remote-assist/transport/compliance'
import { connect, listen, SUBPROTOCOL } from '@remote-assist/transport-websocket'
import { describe, test } from 'vitest'
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

describe('RA-BND-001 RA-BND-002 RA-BND-003 RA-BND-004 RA-BND-005 RA-BND-006 RA-BND-007 RA-BND-008 RA-BND-009 RA-BND-011 RA-BND-012 RA-BND-013 RA-BND-014 RA-BND-015', () => {
  for (const { title, run } of transportCompliance('WebSocket', subject)) test(title, run)
})
