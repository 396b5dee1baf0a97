import {
  CreateSessionRequest,
  EndSessionRequest,
  fromJson,
  GetSessionRequest,
  type JsonMessageType,
  ListSessionsRequest,
  RenewCodeRequest,
  ResolveLocatorRequest,
} from '@remote-assist/codec'
import { messageArbitrary } from '@remote-assist/codec/testing'
import fc from 'fast-check'
import { fromText, promise, type Target, toText } from '../target.js'
import { decoding, same } from './support.js'

/** A request of the control API; what it may hold is not looked at here. */
type Body = JsonMessageType<object>

const REQUESTS: readonly Body[] = [CreateSessionRequest, ListSessionsRequest, GetSessionRequest, EndSessionRequest, RenewCodeRequest, ResolveLocatorRequest]

const text = (type: Body, message: object): Uint8Array => fromText(JSON.stringify(type.toJSON(message)))
const bodies = () => fc.oneof(...REQUESTS.map(type => messageArbitrary<object>(type).map(message => text(type, message))))

/** Proto3 JSON as it might be, with the names that are special to JavaScript, too. */
const word = fc.constantFrom('displayName', 'metadata', 'policy', 'contact', 'sessionId', 'pageSize', '__proto__', 'constructor', 'toString', 'maxFileBytes')
const json = fc.jsonValue({ maxDepth: 3 })
const objects = fc.dictionary(word, fc.oneof(json, fc.dictionary(word, json, { maxKeys: 3 })), { maxKeys: 6 }).map(value => fromText(JSON.stringify(value)))

const EXAMPLES: readonly object[] = [
  {},
  {
    displayName: 'Ada',
    metadata: { call: '4711' },
    policy: { maxFileBytes: '1073741824', permissionsCeiling: ['PERMISSION_VIEW_SCREEN'], maxParticipants: 4 },
  },
  { pageSize: 50, pageToken: 'bmV4dA' },
  { sessionId: '00112233445566778899aabbccddeeff' },
  { locator: '4821' },
]

/** The bodies of requests to the control API, in JSON. */
export const control: Target = {
  name: 'control',
  title: 'a body of the control API is accepted as a message that can be sent, or DecodeError',
  seeds: () => EXAMPLES.map(value => fromText(JSON.stringify(value))),
  grammar: () => fc.oneof(bodies(), objects),
  unit: 2,
  run: input => {
    let value: unknown
    try {
      value = JSON.parse(toText(input))
    } catch (error) {
      // The broker answers this itself, before a message is made of it.
      if (error instanceof SyntaxError) return 'no JSON'
      throw error
    }
    const words = REQUESTS.map(type => {
      const read = decoding(() => fromJson(type, value))
      if ('refused' in read) return read.refused
      promise(Object.getPrototypeOf(read.value) === Object.prototype, 'a body changed what it is read into')
      promise(same(fromJson(type, type.toJSON(read.value)), read.value), `${type.$type} does not come back as it was`)
      return 'accepted'
    })
    return words[0] ?? ''
  },
}
