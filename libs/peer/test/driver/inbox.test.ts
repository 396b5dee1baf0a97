import { Channel, CloseCode, decodeFrame, encodeFrame, encodeHandshake, encodeMessages, encodeRelay } from '@remote-assist/codec'
import { SecureError } from '@remote-assist/secure'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Inbox } from '../../src/driver/inbox.js'
import type { PeerSecurity, Security } from '../../src/security/security.js'
import { settle } from '../support/clock.js'

/** A counterpart whose handshake ends when the test says so. */
class Gate implements PeerSecurity {
  secured = false
  readonly waiting: (() => void)[] = []
  start(): void {}
  secretsChanged(): void {}
  opened(): void {}
  end(): void {}
  readonly unreadable: boolean[] = []
  receive(message: unknown): Promise<void> {
    this.unreadable.push(message === undefined)
    return new Promise(resolve =>
      this.waiting.push(() => {
        this.secured = true
        resolve()
      }),
    )
  }
}

function inbox() {
  const heard: string[] = []
  const open: (() => void)[] = []
  const state = { late: false, tampered: false, closed: false }
  const security = {
    open: (_header: unknown, payload: Uint8Array) => {
      if (state.closed) throw new SecureError('E_CHANNEL', 'closed')
      if (state.tampered) return Promise.reject(new Error('tampered'))
      return state.late ? new Promise<Uint8Array>(resolve => open.push(() => resolve(payload))) : payload
    },
  } as unknown as Security
  const box = new Inbox(
    {
      self: () => 1,
      relay: kind => heard.push(`relay ${kind?.$case}`),
      record: (peer, _sequence, { kinds }) =>
        heard.push(`${peer}: ${kinds.map(kind => (kind !== undefined && 'text' in kind.value ? kind.value.text : kind?.$case)).join()}`),
      malformed: (peer, code) => heard.push(`${peer} ${CloseCode[code]}`),
      restarted: peer => heard.push(`restarted ${peer}`),
      hold: held => heard.push(held ? 'hold' : 'go on'),
    },
    security,
  )
  const peer = new Gate()
  peer.secured = true
  box.admit(2, peer)
  return { heard, open, state, box, peer }
}

const chat = (sequence: number, text: string, source = 2): Uint8Array =>
  encodeFrame(
    { channel: Channel.CHAT, source, targets: [1], sequence },
    encodeMessages(Channel.CHAT, [{ kind: { $case: 'chat', value: { id: 1, from: 0, text, atMs: 0n } } }]),
  )
const start = (sequence: number, source = 2): Uint8Array =>
  encodeFrame(
    { channel: Channel.HANDSHAKE, source, targets: [1], sequence },
    encodeHandshake({
      kind: { $case: 'start', value: { nonce: new Uint8Array(32), passwordClass: 1, suite: 'CPACE-RISTR255-SHA512', secretId: new Uint8Array() } },
    }),
  )
const handshake = (sequence: number): Uint8Array =>
  encodeFrame(
    { channel: Channel.HANDSHAKE, source: 2, targets: [1], sequence },
    encodeHandshake({ kind: { $case: 'confirm', value: { tag: new Uint8Array(32), proof: new Uint8Array(64) } } }),
  )

describe('a message of a handshake that does not decode', () => {
  test('is for the exchange to end, and ends nothing else (RA-SEC-029, RA-SEC-004)', () => {
    const { heard, box, peer } = inbox()
    const short = encodeHandshake({ kind: { $case: 'confirm', value: { tag: new Uint8Array(32), proof: new Uint8Array(64) } } }).slice(0, -1)
    box.frame(encodeFrame({ channel: Channel.HANDSHAKE, source: 2, targets: [1], sequence: 1 }, short))
    box.frame(encodeFrame({ channel: Channel.HANDSHAKE, source: 7, targets: [1], sequence: 1 }, short))
    expect(peer.unreadable).toEqual([true])
    expect(heard).toEqual([])
  })
})

describe('a frame that is not for this end', () => {
  test('ends its sender, whoever took it here (RA-RLY-014)', () => {
    const message = encodeMessages(Channel.CHAT, [{ kind: { $case: 'chat', value: { id: 1, from: 0, text: 'x', atMs: 0n } } }])
    for (const [channel, targets, ends] of [
      [Channel.CHAT, [3], true],
      [Channel.CHAT, [1, 3], true],
      [Channel.HANDSHAKE, [1, 3], true],
      [Channel.CHAT, [], true],
      [Channel.MEDIA, [3, 4], true],
      [Channel.CHAT, [1], false],
    ] as const) {
      const { heard, box } = inbox()
      box.frame(encodeFrame({ channel, source: 2, targets, sequence: 1 }, message))
      expect(heard).toEqual([ends ? '2 BAD_HEADER' : '2: x'])
    }
  })

  test('does not begin a handshake, and of somebody unknown means nothing', () => {
    const { heard, box } = inbox()
    box.frame(encodeFrame({ channel: Channel.HANDSHAKE, source: 7, targets: [3], sequence: 1 }, decodeFrame(start(1, 7)).payload))
    expect(heard).toEqual([])
  })
})

describe('a handshake that was not awaited', () => {
  test('is told where keys were agreed, or where the sender is not known, and only if it is a beginning', () => {
    const { heard, box, peer } = inbox()
    box.frame(start(1))
    box.frame(start(1, 7))
    box.frame(handshake(2))
    expect(heard).toEqual(['restarted 2', 'restarted 7'])
    peer.secured = false
    box.frame(start(3))
    expect(heard).toEqual(['restarted 2', 'restarted 7'])
  })
})

describe('what arrives', () => {
  test('is told in the order of arrival, however long each takes to open', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { minLength: 1, maxLength: 30 }), async lates => {
        const { heard, open, state, box } = inbox()
        for (const [i, late] of lates.entries()) {
          state.late = late
          box.frame(chat(i + 1, `${i}`))
        }
        state.late = false
        while (open.length > 0) {
          open.shift()?.()
          await settle()
        }
        expect(heard).toEqual(lates.map((_, i) => `2: ${i}`))
      }),
      { numRuns: 20 },
    )
  })

  test('behind a handshake waits for it', async () => {
    const { heard, box } = inbox()
    const gate = new Gate()
    box.admit(2, gate)
    box.frame(handshake(1))
    box.frame(chat(2, 'first words'))
    expect(heard).toEqual([])
    gate.waiting.shift()?.()
    await settle()
    expect(heard).toEqual(['2: first words'])
  })

  test('before a handshake, from strangers, or for an older exchange, means nothing', async () => {
    const { heard, box, state, open } = inbox()
    box.frame(chat(1, 'stranger', 9))
    state.late = true
    box.frame(chat(1, 'of the older one'))
    box.admit(2, new Gate())
    open.shift()?.()
    box.frame(chat(2, 'too early'))
    await settle()
    expect(heard).toEqual([])
  })

  test('twice, or out of order, breaks the rules; a sender that attached again begins anew (RA-RLY-013)', () => {
    const { heard, box } = inbox()
    box.frame(chat(5, 'a'))
    box.frame(chat(5, 'a'))
    box.frame(chat(4, 'b'))
    box.restart(2)
    box.frame(chat(1, 'c'))
    expect(heard).toEqual(['2: a', '2 BAD_HEADER', '2 BAD_HEADER', '2: c'])
  })

  test('and does not decode, or open, is its sender’s fault', async () => {
    const { heard, box, state } = inbox()
    box.frame(new Uint8Array([1, 2, 3]))
    box.frame(encodeFrame({ channel: Channel.CHAT, source: 2, targets: [1], sequence: 1 }, new Uint8Array([9, 9])))
    box.frame(chat(2, 'after a breach nothing is heard'))
    const again = new Gate()
    again.secured = true
    box.admit(2, again)
    state.tampered = true
    box.frame(chat(3, 'x'))
    await settle()
    expect(heard).toEqual(['0 MALFORMED', '2 MALFORMED', '2 BAD_RECORD'])
  })

  test('of the broker is told at once; of anybody else on its channel, never', () => {
    const { heard, box } = inbox()
    const ping = encodeRelay({ kind: { $case: 'ping', value: { id: 1n } } })
    box.frame(encodeFrame({ channel: Channel.RELAY, source: 0, targets: [], sequence: 1 }, ping))
    box.frame(encodeFrame({ channel: Channel.RELAY, source: 2, targets: [], sequence: 1 }, ping))
    expect(heard).toEqual(['relay ping'])
  })

  test('any bytes are judged, none break it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), bytes => {
        const { box } = inbox()
        box.frame(bytes)
      }),
    )
  })

  test('faster than it can be opened holds the line until half of it is dealt with', async () => {
    const { heard, open, box, state } = inbox()
    state.late = true
    const long = 'x'.repeat(4_000)
    const record = encodeMessages(
      Channel.CHAT,
      Array.from({ length: 50 }, () => ({ kind: { $case: 'chat' as const, value: { id: 1, from: 0, text: long, atMs: 0n } } })),
    )
    for (let i = 1; i <= 8; i++) box.frame(encodeFrame({ channel: Channel.CHAT, source: 2, targets: [1], sequence: i }, record))
    expect(heard).toEqual(['hold'])
    while (open.length > 0) {
      open.shift()?.()
      await settle()
    }
    expect(heard.filter(it => !it.startsWith('2:'))).toEqual(['hold', 'go on'])
    expect(heard.filter(it => it.startsWith('2:'))).toHaveLength(8)
  })
})

describe('a sender that does not wait for its turn', () => {
  const empty = (sequence: number) => encodeFrame({ channel: Channel.HANDSHAKE, source: 2, targets: [1], sequence }, new Uint8Array())

  test('sends a few messages of a handshake ahead, and is ended then', async () => {
    const { heard, box } = inbox()
    const gate = new Gate()
    box.admit(2, gate)
    for (let i = 1; i <= 9; i++) box.frame(empty(i))
    expect(heard).toEqual([])
    box.frame(empty(10))
    expect(heard).toEqual(['2 HANDSHAKE'])
    // What waited is void with it.
    gate.waiting.shift()?.()
    await settle()
    expect(gate.unreadable).toHaveLength(1)
  })

  test('holds the line by the number of its frames as well as by their bytes, and what of it is void counts no more', () => {
    const { heard, box, state } = inbox()
    state.late = true
    let sent = 0
    while (heard.length === 0) box.frame(encodeFrame({ channel: Channel.CHAT, source: 2, targets: [1], sequence: ++sent }, new Uint8Array(1)))
    expect(heard).toEqual(['hold'])
    expect(sent).toBeLessThan(5_000)
    box.forget(2)
    expect(heard).toEqual(['hold', 'go on'])
  })
})

describe('a record on a channel that is closed to its sender', () => {
  test('is forbidden, and not mistaken for one that does not open (RA-INP-005)', () => {
    const { heard, state, box } = inbox()
    state.closed = true
    box.frame(chat(1, 'x'))
    expect(heard).toEqual(['2 FORBIDDEN_MESSAGE'])
  })
})
