import { Channel, CloseCode } from '@remote-assist/codec'
import type { Send } from '@remote-assist/core'
import { describe, expect, test } from 'vitest'
import type { Line } from '../../src/driver/line.js'
import type { Outbox } from '../../src/driver/outbox.js'
import { Parting } from '../../src/driver/parting.js'
import type { Security } from '../../src/security/security.js'

const BYE: Send = { type: 'send', channel: Channel.RELAY, kind: { $case: 'bye', value: { code: CloseCode.LEFT, endSession: false } }, to: [] }

/** An end that goes, and what it does; its outbox is empty when the test says so. */
function going() {
  const did: string[] = []
  const line = { connection: {} as object | undefined, abort: () => did.push('abort'), close: (code: CloseCode) => did.push(`close ${CloseCode[code]}`) }
  let emptied = (): void => undefined
  const outbox = {
    purge: () => undefined,
    push: () => did.push('bye'),
    finish: (done: () => void) => {
      emptied = done
    },
  }
  const security = { end: () => did.push('keys destroyed') }
  const parting = new Parting({
    line: line as unknown as Line,
    outbox: outbox as unknown as Outbox,
    security: security as unknown as Security,
    lastWords: () => undefined,
  })
  parting.over(CloseCode.LEFT)
  parting.bye(BYE)
  parting.heard()
  return { did, line, parting, empty: () => emptied() }
}

describe('an end that goes', () => {
  test('says goodbye, destroys its keys when that has left, and closes', () => {
    const { did, parting, empty } = going()
    expect(did).toEqual(['bye'])
    parting.go()
    expect(did).toEqual(['bye'])
    empty()
    expect(did).toEqual(['bye', 'keys destroyed', 'close LEFT'])
  })

  test('destroys its keys also if its line is lost before the goodbye has left', () => {
    const { did, line, parting } = going()
    line.connection = undefined
    parting.go()
    expect(did).toEqual(['bye', 'keys destroyed'])
  })
})
