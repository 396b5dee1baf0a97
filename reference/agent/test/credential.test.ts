import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readCredential } from '../src/cli/credential.js'
import { CredentialError } from '../src/cli/errors.js'
import { organisation } from './organisation.js'

const SESSION = '00112233445566778899aabbccddeeff'
const OTHER = 'ffeeddccbbaa99887766554433221100'
const NOW = Date.now()
const { credential } = organisation('Example Ltd')
const jws = (...parts: readonly unknown[]): string => parts.map(part => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
const HEADER = { alg: 'EdDSA', typ: 'ra-organisation+jwt' }

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'credential-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function read(text: string): Promise<string> {
  const file = join(folder, 'credential.jwt')
  await writeFile(file, text)
  return readCredential(file, SESSION, NOW)
}

describe('a credential', () => {
  test('for this session is read as it is, with or without white space around it', async () => {
    const signed = credential(SESSION)
    expect(await read(signed)).toBe(signed)
    expect(await read(`\n${signed} \r\n`)).toBe(signed)
  })

  test.each([
    ['of another session', credential(OTHER), `is not for the session ${SESSION}`],
    ['that has expired', credential(SESSION, { exp: Math.floor(NOW / 1_000) - 1 }), 'has expired'],
    ['that is longer than the wire takes', credential(SESSION, { sub: 'a'.repeat(4_096) }), 'is no credential'],
    ['of another kind', jws({ ...HEADER, typ: 'JWT' }, { org: 'Example Ltd', session: SESSION, exp: 9e9 }, 0), 'is no credential'],
    ['without a signature', jws({ ...HEADER, alg: 'none' }, { org: 'Example Ltd', session: SESSION, exp: 9e9 }, 0), 'is no credential'],
    ['that never expires', jws(HEADER, { org: 'Example Ltd', session: SESSION }, 0), 'is no credential'],
    ['of nobody', jws(HEADER, { session: SESSION, exp: 9e9 }, 0), 'is no credential'],
    ['that is empty', '', 'is no credential'],
  ])('%s is refused with what is wrong', async (_what, text, message) => {
    await expect(read(text)).rejects.toThrow(CredentialError)
    await expect(read(text)).rejects.toThrow(message)
  })

  test('that is not there says so', async () => {
    await expect(readCredential(join(folder, 'nothing'), SESSION, NOW)).rejects.toThrow('The credential cannot be read')
  })

  test('whatever a file holds, it is read or refused with a CredentialError', async () => {
    const parts = fc.array(fc.oneof(fc.jsonValue(), fc.record({ alg: fc.constant('EdDSA'), typ: fc.constant(HEADER.typ) })), { maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string(),
          parts.map(values => jws(...values)),
        ),
        async text => {
          await expect(read(text)).rejects.toBeInstanceOf(CredentialError)
        },
      ),
    )
  })
})
