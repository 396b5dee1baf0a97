import type { Accept, CloseInfo, Connection, ConnectionHandler, MemoryNetwork } from '@remote-assist/transport'
import { createMemoryNetwork } from '@remote-assist/transport'
import type { ComplianceSubject } from '@remote-assist/transport/compliance'
import { transportCompliance } from '@remote-assist/transport/compliance'
import { describe, expect, test } from 'vitest'

/** A fault: what the two sides see instead of the connection's own behaviour. */
interface Fault {
  /** What is wrong, and ids of the requirements under which the suite must notice. */
  readonly name: string
  readonly noticed: readonly string[]
  /** Wraps the handler of a receiving side. */
  readonly handler?: (handler: ConnectionHandler, connection: Connection) => ConnectionHandler
  /** Overrides calls of a connection. */
  readonly connection?: (connection: Connection) => Partial<Connection>
}

/** A connection that behaves as `inner` but for `overrides`. */
const overriding = (inner: Connection, overrides: Partial<Connection>): Connection => ({
  get remoteAddress() {
    return inner.remoteAddress
  },
  get bufferedBytes() {
    return overrides.bufferedBytes ?? inner.bufferedBytes
  },
  send: overrides.send ?? (frame => inner.send(frame)),
  pause: overrides.pause ?? (() => inner.pause()),
  resume: overrides.resume ?? (() => inner.resume()),
  close: overrides.close ?? ((code, reason) => inner.close(code, reason)),
  abort: overrides.abort ?? (() => inner.abort()),
})

const passing = (handler: ConnectionHandler): Required<ConnectionHandler> => ({
  frame: bytes => handler.frame(bytes),
  drain: () => handler.drain?.(),
  closed: info => handler.closed(info),
})

const faults: readonly Fault[] = [
  {
    name: 'swaps neighbouring frames',
    noticed: ['RA-BND-004'],
    handler: handler => {
      let kept: Uint8Array | undefined
      return {
        ...passing(handler),
        frame: bytes => {
          if (kept === undefined && bytes.length > 1000) {
            kept = bytes
            return
          }
          handler.frame(bytes)
          if (kept !== undefined) handler.frame(kept)
          kept = undefined
        },
      }
    },
  },
  {
    name: 'delivers every hundredth frame twice',
    noticed: ['RA-BND-004'],
    handler: handler => {
      let count = 0
      return {
        ...passing(handler),
        frame: bytes => {
          handler.frame(bytes)
          if (++count % 100 === 0) handler.frame(bytes)
        },
      }
    },
  },
  {
    name: 'drops the last frame before a close',
    noticed: ['RA-BND-006'],
    connection: inner => {
      let last: Uint8Array | undefined
      return {
        send: frame => {
          if (last !== undefined) inner.send(last)
          last = frame
          queueMicrotask(() => {
            if (last === frame) inner.send(frame)
            if (last === frame) last = undefined
          })
        },
        close: (code, reason) => {
          last = undefined
          inner.close(code, reason)
        },
      }
    },
  },
  {
    name: 'calls closed twice',
    noticed: ['RA-BND-006'],
    handler: handler => ({
      ...passing(handler),
      closed: info => {
        handler.closed(info)
        handler.closed(info)
      },
    }),
  },
  { name: 'ignores pause', noticed: ['RA-BND-005'], connection: () => ({ pause: () => undefined }) },
  {
    name: 'truncates large frames',
    noticed: ['RA-BND-003'],
    handler: handler => ({ ...passing(handler), frame: bytes => handler.frame(bytes.subarray(0, 65_536)) }),
  },
  {
    name: 'swallows empty frames',
    noticed: ['RA-BND-003'],
    handler: handler => ({ ...passing(handler), frame: bytes => (bytes.length > 0 ? handler.frame(bytes) : undefined) }),
  },
  {
    name: 'delivers every frame in one buffer',
    noticed: ['RA-BND-004'],
    handler: handler => {
      const buffer = new Uint8Array(300_000)
      return {
        ...passing(handler),
        frame: bytes => {
          buffer.set(bytes)
          handler.frame(buffer.subarray(0, bytes.length))
        },
      }
    },
  },
  {
    name: 'flips one bit in a large frame',
    noticed: ['RA-BND-003'],
    handler: handler => ({
      ...passing(handler),
      frame: bytes => {
        if (bytes.length > 60_000) bytes[59_999] = (bytes[59_999] ?? 0) ^ 1
        handler.frame(bytes)
      },
    }),
  },
  {
    name: 'reports every end as clean, with a code',
    noticed: ['RA-BND-011'],
    handler: handler => ({ ...passing(handler), closed: ({ reason }) => handler.closed({ code: 100, reason, clean: true }) }),
  },
  {
    name: 'loses the close code',
    noticed: ['RA-BND-006'],
    handler: handler => ({ ...passing(handler), closed: (info: CloseInfo) => handler.closed({ ...info, code: undefined }) }),
  },
  { name: 'closes at once, dropping what is queued', noticed: ['RA-BND-006'], connection: inner => ({ close: () => inner.abort() }) },
  { name: 'never says drain', noticed: ['RA-BND-005'], handler: handler => ({ frame: bytes => handler.frame(bytes), closed: info => handler.closed(info) }) },
  { name: 'hides what is buffered', noticed: ['RA-BND-005'], connection: () => ({ bufferedBytes: 0 }) },
  {
    name: 'takes frames of any size',
    noticed: ['RA-BND-001'],
    connection: inner => ({ send: frame => (frame.length > 266_240 ? undefined : inner.send(frame)) }),
  },
  {
    name: 'goes on sending after close',
    noticed: ['RA-BND-012'],
    connection: inner => {
      let closing: (() => void) | undefined
      return {
        close: (code, reason) => {
          closing ??= () => inner.close(code, reason)
          queueMicrotask(closing)
        },
      }
    },
  },
  {
    name: 'stops delivering as soon as it closes',
    noticed: ['RA-BND-013'],
    ...(() => {
      const closed = new WeakSet<Connection>()
      return {
        connection: (inner: Connection) => ({
          close: (code: number, reason?: string) => {
            inner.close(code, reason)
            closed.add(inner)
          },
        }),
        handler: (handler: ConnectionHandler, inner: Connection) => ({
          ...passing(handler),
          frame: (bytes: Uint8Array) => (closed.has(inner) ? undefined : handler.frame(bytes)),
        }),
      }
    })(),
  },
]

function broken(network: MemoryNetwork, fault: Fault): ComplianceSubject {
  let places = 0
  const wrap =
    (accept: Accept): Accept =>
    inner => {
      const handler = accept(fault.connection === undefined ? inner : overriding(inner, fault.connection(inner)))
      return fault.handler?.(handler, inner) ?? handler
    }
  return {
    listen: accept => network.listen(wrap(accept), { address: `memory://network/${++places}` }),
    connect: address => ({ open: (accept, options) => network.connect(address).open(wrap(accept), options) }),
    nowhere: 'memory://network/nowhere',
    patienceMs: 500,
  }
}

/** Runs the suite's cases of a requirement until one fails, and tells why it did. */
async function failure(fault: Fault, requirement: string): Promise<string | undefined> {
  for (const { name, requirements, run } of transportCompliance('broken', broken(createMemoryNetwork(), fault))) {
    if (!requirements.includes(requirement)) continue
    const reason = await run().then(
      () => undefined,
      (error: Error) => `${name}: ${error.message}`,
    )
    if (reason !== undefined) return reason
  }
  return undefined
}

describe('the suite refuses a transport that', () => {
  for (const fault of faults) {
    test(fault.name, async () => {
      for (const requirement of fault.noticed) expect(await failure(fault, requirement), requirement).toBeDefined()
    })
  }

  test('has a fault, and none without: the same wrapping around nothing passes', async () => {
    const sound: Fault = { name: 'sound', noticed: [], handler: passing, connection: () => ({}) }
    for (const requirement of new Set(faults.flatMap(({ noticed }) => noticed))) expect(await failure(sound, requirement)).toBeUndefined()
  })
})
