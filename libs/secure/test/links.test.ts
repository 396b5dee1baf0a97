import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fromBase64Url, toBase64Url } from '../src/base64url.js'
import { SecureError } from '../src/errors.js'
import { agentUrl, customerUrl, inviteUrl, parseAgentUrl, parseCustomerUrl, parseInviteUrl } from '../src/links.js'
import { anyBytes, toHex } from './support/bytes.js'
import { pins } from './support/pins.js'

const codeOf = (call: () => unknown): string => {
  try {
    call()
  } catch (error) {
    if (error instanceof SecureError) return error.code
    throw error
  }
  return 'none'
}

const invitations = fc.record({ inviteId: anyBytes(16), secret: anyBytes(32) })
const agentLinks = fc.record(
  { sessionId: anyBytes(16).map(toHex), agentToken: fc.stringMatching(/^[\w-]+$/), pin: pins, linkSecret: anyBytes(32), view: invitations },
  { requiredKeys: ['sessionId', 'agentToken', 'pin', 'linkSecret'] },
)

describe('a link', () => {
  test('of a customer carries PIN and secret in the fragment alone (RA-SEC-009)', () => {
    fc.assert(
      fc.property(pins, anyBytes(32), (pin, linkSecret) => {
        const url = customerUrl('https://assist.example/join?lang=de', { pin, linkSecret })
        expect(url.split('#')[0]).toBe('https://assist.example/join?lang=de')
        expect(parseCustomerUrl(url)).toEqual({ pin, linkSecret })
        expect(parseCustomerUrl(new URL(url).hash)).toEqual({ pin, linkSecret })
      }),
    )
  })

  test('of a guest carries invitation and secret in the fragment alone (RA-SEC-009)', () => {
    fc.assert(
      fc.property(invitations, invitation => {
        const url = inviteUrl('https://assist.example/view', invitation)
        expect(url.split('#')[0]).toBe('https://assist.example/view')
        expect(parseInviteUrl(url)).toEqual(invitation)
      }),
    )
  })

  test('of an agent reads back, with and without an invitation', () => {
    fc.assert(
      fc.property(agentLinks, link => {
        const url = agentUrl('https://assist.example/', link)
        expect(url.split('#')[0]).toBe('https://assist.example/')
        expect(parseAgentUrl(url)).toEqual(link)
      }),
    )
  })

  test('that lacks anything is refused', () => {
    fc.assert(
      fc.property(pins, anyBytes(32), fc.nat({ max: 60 }), (pin, linkSecret, cut) => {
        const url = customerUrl('https://assist.example/join', { pin, linkSecret })
        expect(codeOf(() => parseCustomerUrl(url.slice(0, url.length - 1 - cut)))).toBe('E_LINK_FORMAT')
      }),
    )
    fc.assert(
      fc.property(agentLinks, fc.nat({ max: 40 }), (link, cut) => {
        const url = agentUrl('https://assist.example/', link)
        expect(codeOf(() => parseAgentUrl(url.slice(0, url.length - 1 - cut)))).toBe('E_LINK_FORMAT')
      }),
    )
  })

  test('that is any text is read or refused, and nothing else happens', () => {
    fc.assert(
      fc.property(fc.string(), text => {
        for (const parse of [parseCustomerUrl, parseInviteUrl, parseAgentUrl]) expect(['E_LINK_FORMAT', 'none']).toContain(codeOf(() => parse(text)))
      }),
    )
    for (const fragment of ['#1.482197301x.', '#1.482197301.', '#2.4821973015.AAAA']) expect(codeOf(() => parseCustomerUrl(fragment))).toBe('E_LINK_FORMAT')
    expect(codeOf(() => parseAgentUrl(`#1.${'0'.repeat(32)}..4821973015.${toBase64Url(new Uint8Array(32))}`))).toBe('E_LINK_FORMAT')
  })
})

describe('base64url', () => {
  test('reads back, and knows one form of each text', () => {
    fc.assert(
      fc.property(fc.uint8Array(), data => {
        expect(fromBase64Url(toBase64Url(data))).toEqual(data)
      }),
    )
    fc.assert(
      fc.property(fc.string(), text => {
        const data = fromBase64Url(text)
        if (data !== undefined) expect(toBase64Url(data)).toBe(text)
      }),
    )
  })

  test('of any length is read: none is too long for a call', () => {
    expect(fromBase64Url('A'.repeat(400_000))).toHaveLength(300_000)
    expect(codeOf(() => parseCustomerUrl(`#1.4821973015.${'A'.repeat(400_000)}`))).toBe('E_LINK_FORMAT')
  })
})
