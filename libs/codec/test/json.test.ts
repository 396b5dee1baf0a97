import { CloseCode, ContactKind, CreateSessionRequest, fromJson, Permission, Session, SessionState } from '@remote-assist/codec'
import { messageArbitrary } from '@remote-assist/codec/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { failureOf } from './support/failure.js'

const request = {
  displayName: 'Ada',
  contactKind: 'CONTACT_KIND_VOICE',
  metadata: { call: '7' },
  policy: { maxFileBytes: '1073741824', permissionsCeiling: ['PERMISSION_CHAT'] },
}

test('proto3 JSON becomes a message, 64-bit numbers and enums by their words', () => {
  const message = fromJson(CreateSessionRequest, request)
  expect(message).toMatchObject({ displayName: 'Ada', contactKind: ContactKind.VOICE, metadata: new Map([['call', '7']]) })
  expect(message.policy).toMatchObject({ maxFileBytes: 1_073_741_824n, permissionsCeiling: [Permission.CHAT] })
})

test('a message becomes proto3 JSON, and the same message again', () => {
  fc.assert(
    fc.property(messageArbitrary<Session>(Session), session => {
      expect(fromJson(Session, JSON.parse(JSON.stringify(Session.toJSON(session))))).toEqual(session)
    }),
  )
  expect(Session.toJSON(Session.fromPartial({ state: SessionState.CLOSED, closeCode: CloseCode.LEFT }))).toEqual({
    state: 'SESSION_STATE_CLOSED',
    closeCode: 'CLOSE_CODE_LEFT',
  })
})

test('a key of a map may be any word, __proto__ as well', () => {
  const metadata = new Map([
    ['__proto__', 'one'],
    ['constructor', 'two'],
  ])
  const json = JSON.stringify(CreateSessionRequest.toJSON(CreateSessionRequest.fromPartial({ displayName: 'Ada', metadata })))
  expect(json).toBe('{"displayName":"Ada","metadata":{"__proto__":"one","constructor":"two"}}')
  expect(fromJson(CreateSessionRequest, JSON.parse(json)).metadata).toEqual(metadata)
})

describe('JSON that is wrong', () => {
  test.each([
    ['BAD_JSON', null],
    ['BAD_JSON', []],
    ['BAD_JSON', 'Ada'],
    ['BAD_JSON', { ...request, contactKind: 'CARRIER_PIGEON' }],
    ['BAD_JSON', { ...request, policy: { maxFileBytes: 'many' } }],
    ['BAD_JSON', { ...request, policy: { maxParticipants: -1 } }],
    ['BAD_JSON', { ...request, policy: { maxParticipants: 'two' } }],
    ['MISSING_FIELD', { ...request, displayName: '' }],
    ['FIELD_TOO_LARGE', { ...request, displayName: 'x'.repeat(65) }],
    ['TOO_MANY_ITEMS', { ...request, metadata: Object.fromEntries(Array.from({ length: 17 }, (_, i) => [i, ''])) }],
    ['OUT_OF_RANGE', { ...request, policy: { maxParticipants: 33 } }],
  ])('%s', (code, value) => expect(failureOf(() => fromJson(CreateSessionRequest, value))).toBe(code))
})
