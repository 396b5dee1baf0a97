import { Channel, Role } from '@remote-assist/codec'
import { type Aead, platformAead, webAead } from '@remote-assist/secure'
import { describe, expect, test } from 'vitest'
import type { RecordHeader } from '../../src/security/security.js'
import { CUSTOMER, customerEnd, type End, exchange, JOINER, joinerEnd, pin } from './meet.js'

/** Records alone: their frames are the outbox's business. */
const NO_HEAD = new Uint8Array()
const text = (value: string): Uint8Array => new TextEncoder().encode(value)

async function secured(aead: Aead, role: Role.AGENT | Role.VIEWER = Role.AGENT): Promise<{ readonly customer: End; readonly joiner: End }> {
  const ends = { customer: customerEnd(() => pin('973015'), aead), joiner: joinerEnd([pin('973015')], aead) }
  await exchange(ends.customer, ends.joiner, { role })
  return ends
}

const header = (channel: Channel, sequence: number, from = CUSTOMER, to = JOINER): RecordHeader => ({ channel, source: from, targets: [to], sequence })

describe.each([
  ['node:crypto', platformAead],
  ['WebCrypto', webAead],
])('records sealed by %s', (_name, aead) => {
  test('open at their counterpart, in both directions, and nowhere else', async () => {
    const { customer, joiner } = await secured(aead)
    const there = await customer.security.seal(header(Channel.CHAT, 5), text('there'), NO_HEAD)
    const back = await joiner.security.seal(header(Channel.CHAT, 9, JOINER, CUSTOMER), text('back'), NO_HEAD)
    expect(Buffer.from(there).includes('there')).toBe(false)
    expect(await joiner.security.open(header(Channel.CHAT, 5), there)).toEqual(text('there'))
    expect(await customer.security.open(header(Channel.CHAT, 9, JOINER, CUSTOMER), back)).toEqual(text('back'))
    await expect(async () => joiner.security.open(header(Channel.CHAT, 5), there)).rejects.toMatchObject({ code: 'E_ORDER' })
    await expect(async () => customer.security.open(header(Channel.FILE, 10, JOINER, CUSTOMER), back)).rejects.toMatchObject({ code: 'E_TAMPERED' })
  })

  test('do not exist for a viewer on channels that are closed to it (RA-INP-005)', async () => {
    const { customer, joiner } = await secured(aead, Role.VIEWER)
    expect(() => joiner.security.seal(header(Channel.INPUT, 1, JOINER, CUSTOMER), text('x'), NO_HEAD)).toThrow(expect.objectContaining({ code: 'E_SPENT' }))
    expect(() => customer.security.open(header(Channel.INPUT, 1, JOINER, CUSTOMER), new Uint8Array(64))).toThrow(expect.objectContaining({ code: 'E_CHANNEL' }))
  })

  test('of the picture open under the epoch that was announced last, and under no other', async () => {
    const { customer, joiner } = await secured(aead)
    const first = customer.security.mediaKey(1)
    expect(customer.security.mediaKey(1)).toBe(first)
    joiner.security.takeMediaKey(CUSTOMER, { ...first, key: first.key.slice(), salt: first.salt.slice() })
    const shown = await customer.security.seal(header(Channel.MEDIA, 2), text('a'), NO_HEAD)
    expect(await joiner.security.open(header(Channel.MEDIA, 2), shown)).toEqual(text('a'))
    const late = await customer.security.seal(header(Channel.MEDIA, 3), text('b'), NO_HEAD)
    const second = customer.security.mediaKey(2)
    joiner.security.takeMediaKey(CUSTOMER, { ...second, key: second.key.slice(), salt: second.salt.slice() })
    await expect(async () => joiner.security.open(header(Channel.MEDIA, 3), late)).rejects.toMatchObject({ code: 'E_GENERATION' })
    customer.security.endMedia(2)
    expect((await customer.security.seal(header(Channel.MEDIA, 4), text('c'), NO_HEAD)).length).toBeGreaterThan(0)
    expect(second.key.every(byte => byte === 0)).toBe(false)
    customer.security.endMedia(3)
    expect(second.key.every(byte => byte === 0)).toBe(true)
    expect(customer.security.mediaSpent).toBe(false)
    await expect(async () => customer.security.seal(header(Channel.MEDIA, 4), text('c'), NO_HEAD)).rejects.toMatchObject({ code: 'E_SPENT' })
    expect(first.key.every(byte => byte === 0)).toBe(true)
  })

  test('are opened by the keys of the newest handshake alone', async () => {
    const { customer, joiner } = await secured(aead)
    const old = await customer.security.seal(header(Channel.CHAT, 5), text('old'), NO_HEAD)
    await exchange(customer, joiner)
    await expect(async () => joiner.security.open(header(Channel.CHAT, 5), old)).rejects.toMatchObject({ code: 'E_TAMPERED' })
  })

  test('need a key: after the end there is none', async () => {
    const { customer, joiner } = await secured(aead)
    joiner.security.end()
    customer.security.forget(JOINER)
    expect(joiner.security.acquaintance(CUSTOMER)).toBeUndefined()
    expect(() => joiner.security.seal(header(Channel.CHAT, 1, JOINER, CUSTOMER), text('x'), NO_HEAD)).toThrow(expect.objectContaining({ code: 'E_SPENT' }))
    expect(() => customer.security.seal(header(Channel.CHAT, 1), text('x'), NO_HEAD)).toThrow(expect.objectContaining({ code: 'E_SPENT' }))
  })
})
