/** What crosses a line in the explorer: secrets are compared, and the broker is honest, so that no more than the name of a key is needed. */
import type { Message, OpenedRecord } from '@remote-assist/core'

/** A handshake in two messages: they make the same states as four, and far fewer worlds. */
export type Handshake =
  | { readonly step: 'start'; readonly kind: 'code' | 'invite' | 'resume'; readonly secret: string; readonly fresh: string }
  | { readonly step: 'answer'; readonly ok: boolean; readonly fresh: string }

export type Frame =
  | { readonly layer: 'relay'; readonly kind: Extract<Message, { channel: 1 }>['kind'] }
  | { readonly layer: 'handshake'; readonly source: number; readonly targets: readonly number[]; readonly message: Handshake }
  | {
      readonly layer: 'record'
      readonly source: number
      readonly targets: readonly number[]
      readonly sequence: bigint
      readonly key: string
      readonly record: OpenedRecord
    }
