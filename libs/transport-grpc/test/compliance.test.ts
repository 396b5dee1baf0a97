import { once } from 'node:events'
import { Client, credentials } from '@grpc/grpc-js'
import { MAX_FRAME_BYTES } from '@remote-assist/transport'
import type { ComplianceSubject } from '@remote-assist/transport/compliance'
import { transportCompliance } from '@remote-assist/transport/compliance'
import { ATTACH_PATH, connect, listen } from '@remote-assist/transport-grpc'
import { describe, test } from 'vitest'

const asIs = (bytes: Buffer): Buffer => bytes

const subject: ComplianceSubject = {
  listen: accept => listen(accept),
  connect: address => connect(address),
  nowhere: 'grpc://127.0.0.1:1',
  sendOversize: async address => {
    const client = new Client(new URL(address).host, credentials.createInsecure())
    const call = client.makeBidiStreamRequest(ATTACH_PATH, asIs, asIs)
    call.write(Buffer.concat([Buffer.from([0x0a, 0x81, 0xa0, 0x10]), Buffer.alloc(MAX_FRAME_BYTES + 1)]))
    await once(call, 'data')
    call.cancel()
    await once(call, 'error')
    client.close()
  },
}

describe('RA-BND-001 RA-BND-002 RA-BND-003 RA-BND-004 RA-BND-005 RA-BND-006 RA-BND-007 RA-BND-008 RA-BND-009 RA-BND-011 RA-BND-012 RA-BND-013 RA-BND-014 RA-BND-015', () => {
  for (const { title, run } of transportCompliance('gRPC', subject)) test(title, run)
})
