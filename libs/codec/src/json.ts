import type { MessageType } from './channels.js'
import { DecodeError } from './errors.js'
import { encodeMessage } from './messages.js'

/** A message's codec that also speaks proto3 JSON: those of the control API. */
export interface JsonMessageType<T> extends MessageType<T> {
  fromJSON(value: unknown): T
  toJSON(message: T): unknown
}

/** Returns a message from its proto3 JSON form, a parsed value, under the same limits as from bytes. Throws `DecodeError`. */
export function fromJson<T>(type: JsonMessageType<T>, value: unknown): T {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new DecodeError('BAD_JSON', `${type.$type} is not a JSON object`)
  try {
    const message = type.fromJSON(value)
    encodeMessage(type, message)
    return message
  } catch (error) {
    if (error instanceof Error && error.cause instanceof DecodeError) throw error.cause
    throw new DecodeError('BAD_JSON', `${type.$type}: ${error instanceof Error ? error.message : String(error)}`)
  }
}
