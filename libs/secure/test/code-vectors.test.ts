import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { SecureError } from '../src/errors.js'
import { parseCustomerUrl, parseInviteUrl } from '../src/links.js'
import { parsePin } from '../src/pin.js'
import { toHex } from './support/bytes.js'

/** What each group holds, and how it is read. */
const READERS = {
  PIN: text => {
    const { locator, secret } = parsePin(text)
    return { locator, secret }
  },
  'client session URL': text => {
    const { pin, linkSecret } = parseCustomerUrl(text)
    return { locator: pin.locator, secret: pin.secret, linkSecret: toHex(linkSecret) }
  },
  'invitation URL': text => {
    const { inviteId, secret } = parseInviteUrl(text)
    return { inviteId: toHex(inviteId), secret: toHex(secret) }
  },
} as const satisfies Readonly<Record<string, (text: string) => object>>

interface Vector {
  readonly tcId: number
  readonly comment: string
  readonly text: string
  readonly decoded?: object
  readonly reason?: string
}

interface VectorFile {
  readonly numberOfTests: number
  readonly testGroups: readonly { readonly type: keyof typeof READERS; readonly tests: readonly Vector[] }[]
}

const { numberOfTests, testGroups }: VectorFile = JSON.parse(readFileSync(new URL('../../../docs/spec/vectors/codes.json', import.meta.url), 'utf8'))

/** What a text says, or the code of the error that it is refused with. */
function told(read: (text: string) => object, text: string): Pick<Vector, 'decoded' | 'reason'> {
  try {
    return { decoded: read(text) }
  } catch (error) {
    if (error instanceof SecureError) return { reason: error.code }
    throw error
  }
}

test('there are vectors of PINs and of both links', () => {
  expect(testGroups.map(({ type }) => type)).toEqual(Object.keys(READERS))
  expect(testGroups.flatMap(({ tests }) => tests)).toHaveLength(numberOfTests)
})

test.each(testGroups)('each $type is read, or refused, as its vector says', ({ type, tests }) => {
  for (const { tcId, comment, text, decoded, reason } of tests) {
    const expected = decoded === undefined ? { reason } : { decoded }
    expect({ tcId, comment, ...told(READERS[type], text) }).toEqual({ tcId, comment, ...expected })
  }
})
