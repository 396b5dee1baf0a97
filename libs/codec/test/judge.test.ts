import { decodeMessage, encodeMessage } from '@remote-assist/codec'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { failureOf } from './support/failure.js'
import { judge } from './support/judge.js'
import { root } from './support/reflection.js'
import { spoilt } from './support/spoil.js'
import { TYPES } from './support/types.js'

const types = [...TYPES].filter(([name]) => name !== 'remoteassist.v1.Frame')

/** What protobufjs understands, defaults filled in. */
function understood(name: string, bytes: Uint8Array): unknown {
  const type = root.lookupType(name)
  return type.toObject(type.decode(bytes), { longs: String, bytes: String, defaults: true })
}

describe('RA-RLY-024 RA-RLY-025 RA-RLY-026 RA-RLY-027: bytes are refused as the table of limits has it, or mean what they mean to protobufjs', () => {
  test.each(types)('%s', (name, type) => {
    fc.assert(
      fc.property(spoilt(type), bytes => {
        const faults = judge(name, bytes)
        const found = failureOf(() => decodeMessage(type, bytes))
        if (found === undefined) {
          expect([...faults]).toEqual([])
          expect(understood(name, encodeMessage(type, decodeMessage(type, bytes)))).toEqual(understood(name, bytes))
        } else expect([...faults]).toContain(found)
      }),
      { numRuns: 200 },
    )
  })
})
