import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ChannelName } from '../../src/play/player.js'
import {
  channels,
  decodeFrame,
  decodeMessage,
  decodePlain,
  encodeFrame,
  encodeMessage,
  encodePlain,
  encodeRecord,
  fromPlain,
  limits,
  rules,
  SchemaError,
  splitRecord,
  toProtoJson,
} from '../../src/wire/schema.js'

/** The examples of a page of the specification: a frame, its messages as JSON, and its bytes. */
function examplesOf(page: string) {
  const text = readFileSync(new URL(`../../../docs/spec/${page}.md`, import.meta.url), 'utf8')
  return [...text.matchAll(/```text\nFrame (\{.*\})\n((?: {2}\w+Message .*\n)+)\n((?:[0-9a-f]{2}[ \n])+)```/g)].map(
    ([, frame = '', messages = '', hex = '']) => ({
      frame: JSON.parse(frame) as { channel: ChannelName; source?: number; targets?: number[]; sequence: string },
      messages: messages
        .trim()
        .split('\n')
        .map(line => JSON.parse(line.slice(line.indexOf('{'))) as Record<string, unknown>),
      bytes: new Uint8Array(Buffer.from(hex.replace(/\s/g, ''), 'hex')),
    }),
  )
}

describe('the examples of the specification', () => {
  for (const page of ['frame', 'relay', 'session', 'screen', 'input', 'clipboard', 'file', 'elevation', 'chat', 'annotation', 'handshake']) {
    it(`reads and writes those of ${page}`, () => {
      const examples = examplesOf(page)
      expect(examples.length).toBeGreaterThan(0)
      for (const { frame, messages, bytes } of examples) {
        const read = decodeFrame(bytes)
        const name = frame.channel
        const channel = channels.get(name)
        expect(read).toMatchObject({ channel: channel?.number, source: frame.source ?? 0, targets: frame.targets ?? [], sequence: BigInt(frame.sequence) })
        expect(encodeFrame(read)).toEqual(bytes)
        const lone = read.channel <= 2
        const payloads = lone ? [read.payload] : splitRecord(read.payload)
        payloads.forEach((payload, index) => {
          const decoded = decodeMessage(name, payload)
          const json = messages[index] ?? {}
          expect(Object.keys(json)).toEqual([decoded.name])
          expect(toProtoJson(channel?.type ?? '', { [decoded.name]: decoded.fields })).toEqual(json)
          expect(decodeMessage(name, encodeMessage(name, json))).toEqual({ ...decoded, bytes: encodeMessage(name, json) })
        })
        if (!lone) expect(splitRecord(encodeRecord(name, messages)).map(message => decodeMessage(name, message).fields)).toHaveLength(messages.length)
      }
    })
  }
})

describe('plain data', () => {
  it('is taken in every form that a case may write', () => {
    const forms: Record<string, unknown>[] = [
      { permission: 'VIEW_SCREEN', expiresInMs: 5 },
      { permission: 'PERMISSION_VIEW_SCREEN', expiresInMs: 5 },
      { permission: 1, expiresInMs: 5n },
    ]
    expect(new Set(forms.map(form => Buffer.from(encodePlain('Grant', form)).toString('hex')))).toEqual(new Set(['08011005']))
    const ids = ['hex:00 ff', 'AP8=', Uint8Array.of(0, 255)].map(inviteId => Buffer.from(encodePlain('InviteRevoke', { inviteId })).toString('hex'))
    expect(new Set(ids)).toEqual(new Set(['0a0200ff']))
    expect(decodePlain('Ping', encodePlain('Ping', { id: '18446744073709551615' }))).toEqual({ id: '18446744073709551615' })
  })

  it('is refused where a case would silently send something else', () => {
    const wrong: [string, Record<string, unknown>, RegExp][] = [
      ['Grant', { permision: 1 }, /Grant has no field permision/],
      ['Grant', { permission: 'SEE' }, /Grant\.permission: Permission has no value SEE/],
      ['Grant', { expiresInMs: -1 }, /Grant\.expiresInMs is no uint32/],
      ['Grant', { expiresInMs: '5' }, /is no uint32/],
      ['Grant', { expires_in_ms: 5 }, /has no field expires_in_ms/],
      ['Decision', { granted: [{ permission: 1 }, { x: 1 }] }, /Decision\.granted\[1\] has no field x/],
      ['Decision', { granted: { permission: 1 } }, /is not a list/],
      ['Ping', { id: 1.5 }, /is no uint64/],
      ['Ping', { id: 2n ** 64n }, /is no uint64/],
      ['Hello', { inviteId: 'hex:0' }, /is not bytes/],
      ['Hello', { displayName: 7 }, /is not a string/],
      ['Bye', { endSession: 1 }, /is not a bool/],
      ['SessionMessage', { pause: {}, stop: {} }, /pause and stop, of which there can be one/],
      ['Nothing', {}, /Nothing is no message/],
    ]
    for (const [type, fields, message] of wrong) {
      expect(() => fromPlain(type, fields)).toThrow(SchemaError)
      expect(() => fromPlain(type, fields)).toThrow(message)
    }
  })

  it('knows no limit: what the types can hold is sent', () => {
    fc.assert(
      fc.property(fc.nat({ max: 300_000 }), fc.nat({ max: 2 ** 32 - 1 }), (length, sequence) => {
        const frame = {
          channel: 3,
          source: 70_000,
          targets: Array.from({ length: 40 }, (_, index) => 90_000 - index),
          sequence: BigInt(sequence),
          payload: new Uint8Array(length),
        }
        const { payload, ...header } = decodeFrame(encodeFrame(frame))
        expect({ ...header, length: payload.length }).toEqual({ channel: 3, source: 70_000, targets: frame.targets, sequence: BigInt(sequence), length })
      }),
      { numRuns: 20 },
    )
  })

  it('shows what was not sent as zero, and leaves out submessages and members that were not there', () => {
    expect(decodePlain('HandshakeFailure', new Uint8Array(0))).toEqual({ code: 'UNSPECIFIED', attemptsLeft: 0 })
    expect(decodePlain('SessionMessage', new Uint8Array(0))).toEqual({})
    expect(decodePlain('Welcome', new Uint8Array(0))).toMatchObject({ sessionId: new Uint8Array(0), channels: [], admitted: false })
    expect('policy' in decodePlain('Welcome', new Uint8Array(0))).toBe(false)
    expect(decodePlain('Grant', Uint8Array.of(8, 99))).toEqual({ permission: 99, expiresInMs: 0 })
  })
})

describe('what cases are made from', () => {
  it('is the same rule matrix as the pages show', () => {
    const matrix = rules()
    expect(matrix.find(rule => rule.member === 'requestControl')).toEqual({
      channel: 'SESSION',
      member: 'requestControl',
      message: 'RequestControl',
      from: 'AGENT',
      to: ['CUSTOMER'],
      phases: ['ACTIVE'],
      grant: 'CONTROL_INPUT',
      needsLease: false,
      needsElevation: false,
      otherwise: 'REFUSE',
    })
    expect(new Set(matrix.map(rule => rule.channel)).size).toBe(11)
    expect(matrix.filter(rule => rule.needsLease).length).toBeGreaterThan(0)
    expect(matrix.filter(rule => rule.needsElevation).length).toBeGreaterThan(0)
    for (const { member } of [...channels].flatMap(([channel, { type }]) => type.fieldsArray.map(field => ({ channel, member: field.name })))) {
      expect(matrix.some(rule => rule.member === member.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()))).toBe(true)
    }
  })

  it('is every limit of the schema, with its numbers', () => {
    const all = limits()
    const of = (message: string, field: string) => all.find(limit => limit.message === message && limit.field === field)
    expect(of('ConsentRequest', 'permissions')).toMatchObject({ kind: 'enum', type: 'Permission', repeated: true, minItems: 1, maxItems: 32, min: 1n })
    expect(of('Hello', 'inviteId')).toMatchObject({ kind: 'bytes', minBytes: 16, maxBytes: 16, optional: true })
    expect(of('Frame', 'sequence')).toMatchObject({ kind: 'number', min: 1n, max: 9_007_199_254_740_991n })
    expect(of('Screen', 'x')).toMatchObject({ min: -1_048_576n, max: 1_048_576n })
    expect(of('SetInvites.Invite', 'role')).toMatchObject({ kind: 'enum', number: 2 })
    expect(of('CreateSessionRequest', 'metadata')).toMatchObject({ map: true, maxItems: 16, maxKeyBytes: 64 })
    expect(all.length).toBeGreaterThan(150)
  })
})
