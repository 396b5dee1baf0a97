import { generateKeyPairSync } from 'node:crypto'
import type { CredentialSubject } from '@remote-assist/peer'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { askCredential, checkedCredential } from '../src/cli/credential.js'
import { CredentialError } from '../src/cli/errors.js'
import { organisation } from './organisation.js'

const newKey = () => generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }) as CredentialSubject['key']
const SUBJECT: CredentialSubject = { sessionId: '00112233445566778899aabbccddeeff', key: newKey() }
const NOW = Date.now()
const LIMIT_MS = 30_000
const { credential } = organisation('Example Ltd')
const jws = (...parts: readonly unknown[]): string => parts.map(part => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
const HEADER = { alg: 'EdDSA', typ: 'ra-organisation+jwt' }
const CLAIMS = { session: SUBJECT.sessionId, cnf: { jwk: SUBJECT.key } }

const check = (text: string): string => checkedCredential(text, SUBJECT, NOW)
const ask = (command: string, limitMs = LIMIT_MS): Promise<string> => askCredential(command, SUBJECT, limitMs, () => NOW)

describe('a credential', () => {
  test('for this session and key is taken as it is', () => {
    const signed = credential(SUBJECT)
    expect(check(signed)).toBe(signed)
  })

  test.each([
    ['of another session', credential({ ...SUBJECT, sessionId: 'ffeeddccbbaa99887766554433221100' }), `is not for the session ${SUBJECT.sessionId}`],
    ['for another key', credential({ ...SUBJECT, key: newKey() }), 'is not for this agent’s key'],
    ['for no key', credential(SUBJECT, { cnf: undefined }), 'is not for this agent’s key'],
    ['that has expired', credential(SUBJECT, { exp: Math.floor(NOW / 1_000) - 1 }), 'has expired'],
    ['that is longer than the wire takes', credential(SUBJECT, { sub: 'a'.repeat(4_096) }), 'is no credential'],
    ['of another kind', jws({ ...HEADER, typ: 'JWT' }, { ...CLAIMS, org: 'Example Ltd', exp: 9e9 }, 0), 'is no credential'],
    ['without a signature', jws({ ...HEADER, alg: 'none' }, { ...CLAIMS, org: 'Example Ltd', exp: 9e9 }, 0), 'is no credential'],
    ['that never expires', jws(HEADER, { ...CLAIMS, org: 'Example Ltd' }, 0), 'is no credential'],
    ['of nobody', jws(HEADER, { ...CLAIMS, exp: 9e9 }, 0), 'is no credential'],
    ['that is empty', '', 'is no credential'],
  ])('%s is refused with what is wrong', (_what, text, message) => {
    expect(() => check(text)).toThrow(CredentialError)
    expect(() => check(text)).toThrow(message)
  })

  test('whatever a command prints, it is taken or refused with a CredentialError', () => {
    const claims = fc.record({ org: fc.string(), exp: fc.constant(9e9), session: fc.constant(SUBJECT.sessionId), cnf: fc.jsonValue() })
    const parts = fc.array(fc.oneof(fc.jsonValue(), fc.constant(HEADER), claims), { maxLength: 4 })
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          parts.map(values => jws(...values)),
          claims.map(value => jws(HEADER, value, 0)),
        ),
        text => {
          expect(() => check(text)).toThrow(CredentialError)
        },
      ),
    )
  })
})

describe('the command that prints a credential', () => {
  test('reads of whom it is to speak, and may put white space around it', async () => {
    const signed = credential(SUBJECT)
    expect(await ask(`printf '\\n%s \\r\\n' ${signed}`)).toBe(signed)
    // What it read comes back as what it complains of.
    await expect(ask('cat >&2; false')).rejects.toThrow(JSON.stringify(SUBJECT))
  })

  test.each([
    ['fails', 'echo who are you >&2; exit 3', 'who are you'],
    ['fails without a word', 'exit 3', 'exit code 3'],
    ['is not there', 'a-command-that-nobody-has', 'not found'],
    ['prints without end', 'yes', 'failed'],
    ['prints nothing', 'true', 'is no credential'],
  ])('that %s says so', async (_what, command, message) => {
    await expect(ask(command)).rejects.toThrow(CredentialError)
    await expect(ask(command)).rejects.toThrow(message)
  })

  test('that never ends is ended', async () => {
    await expect(ask('exec sleep 60', 200)).rejects.toThrow('it took longer than 0.2 s')
  })
})
