import type { MessageType } from '@remote-assist/codec'
import * as codec from '@remote-assist/codec'

const isType = (value: unknown): value is MessageType<unknown> => typeof value === 'object' && value !== null && '$type' in value

/** Every message that the package exports, by its full name. */
export const TYPES: ReadonlyMap<string, MessageType<unknown>> = new Map(
  Object.values<unknown>({ ...codec })
    .filter(isType)
    .map(type => [type.$type, type]),
)
