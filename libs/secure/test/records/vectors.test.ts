/** docs/spec/vectors/record.json, read twice: by the platform's primitives as the specification says, and by the library. */
import { createCipheriv, createHash, createHmac, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import {
  CredentialOpener,
  MediaOpener,
  MediaSealer,
  type RecordHeader,
  RecordOpener,
  RecordSealer,
  readCredentials,
  sessionKey,
  signCapability,
  signCredentialKey,
  verifyAudit,
  verifyCapability,
} from '../../src/index.js'
import { nodeAead } from '../../src/node/index.js'
import { hex, toHex } from '../support/bytes.js'
import { AEADS } from './scenes.js'

interface Vector {
  readonly header: RecordHeader
  readonly generation?: number
  readonly epoch?: number
  readonly counter: number
  readonly nonce: string
  readonly associatedData: string
  readonly plaintext: string
  readonly record: string
}

const { keys, pairwise, media, capability, credentials, audit } = JSON.parse(
  readFileSync(new URL('../../../../docs/spec/vectors/record.json', import.meta.url), 'utf8'),
) as {
  readonly keys: Readonly<Record<'customer' | 'agent', { readonly seed: string; readonly publicKey: string }>>
  readonly pairwise: {
    readonly trafficSecret: string
    readonly generations: readonly { readonly key: string; readonly salt: string }[]
    readonly records: readonly Vector[]
  }
  readonly media: { readonly epochs: readonly { readonly epoch: number; readonly key: string; readonly salt: string }[]; readonly records: readonly Vector[] }
  readonly capability: {
    readonly fields: Readonly<Record<'participant' | 'role' | 'notBefore' | 'expires' | 'epoch' | 'serial', number>> &
      Readonly<Record<'session' | 'publicKey', string>> & { readonly permissions: readonly number[] }
    readonly form: string
    readonly signed: string
  }
  readonly credentials: Readonly<Record<'session' | 'seed' | 'key' | 'signature' | 'info' | 'account' | 'password' | 'credentials' | 'sealed', string>> & {
    readonly requestId: number
  }
  readonly audit: {
    readonly header: { readonly session: string; readonly participant: number; readonly key: string; readonly hash: string }
    readonly entries: readonly {
      readonly index: number
      readonly at: number
      readonly kind: string
      readonly details: Readonly<Record<string, string | number>>
      readonly entry: string
      readonly hash: string
    }[]
    readonly signatures: readonly { readonly participant: number; readonly index: number; readonly head: string; readonly signature: string }[]
    readonly file: string
  }
}

/** `lv` once more, from the text of the specification. */
const lv = (...fields: readonly (string | number | Buffer)[]): Buffer =>
  Buffer.concat(
    fields.flatMap(field => {
      const bytes = Buffer.isBuffer(field) ? field : Buffer.from(String(field))
      const length = Buffer.alloc(4)
      length.writeUInt32BE(bytes.length)
      return [length, bytes]
    }),
  )
const buffer = (text: string) => Buffer.from(text, 'hex')
const sha256 = (...parts: readonly Buffer[]) => createHash('sha256').update(Buffer.concat(parts)).digest()
const number = (value: number, bytes: number) => {
  const out = Buffer.alloc(bytes)
  for (let [i, rest] = [bytes - 1, BigInt(value)]; i >= 0; i--, rest >>= 8n) out[i] = Number(rest & 0xffn)
  return out
}
const privateKey = (seed: string) =>
  createPrivateKey({ key: Buffer.concat([buffer('302e020100300506032b657004220420'), buffer(seed)]), format: 'der', type: 'pkcs8' })
const publicKey = (key: string) => createPublicKey({ key: Buffer.concat([buffer('302a300506032b6570032100'), buffer(key)]), format: 'der', type: 'spki' })
const customer = sessionKey(hex(keys.customer.seed))
const agent = sessionKey(hex(keys.agent.seed))

function sealedBySpecification(key: Buffer, salt: Buffer, { header, generation, epoch, counter, plaintext }: Vector) {
  const lead = Buffer.concat([number(generation ?? epoch ?? 0, 4), number(counter, 8)])
  const targets = header.targets.map(target => number(target, 2))
  const fixed = [Buffer.from('RA1'), number(header.channel, 1), number(header.source, 2), number(header.sequence, 8), number(targets.length, 1)]
  const associatedData = Buffer.concat([...fixed, ...targets, lead])
  const count = number(counter, 12)
  const nonce = salt.map((byte, i) => byte ^ (count[i] as number)) as Buffer
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(associatedData)
  const record = Buffer.concat([lead, cipher.update(buffer(plaintext)), cipher.final(), cipher.getAuthTag()])
  return { nonce: toHex(nonce), associatedData: toHex(associatedData), record: toHex(record) }
}

describe('the worked example of the record page, by its text', () => {
  test('records of a pairwise channel (RA-SEC-201, RA-SEC-202, RA-SEC-203, RA-SEC-210, RA-SEC-211)', () => {
    const expand = (secret: Buffer, label: string, length: number) => createHmac('sha256', secret).update(`${label}\u0001`).digest().subarray(0, length)
    let secret = buffer(pairwise.trafficSecret)
    for (const { key, salt } of pairwise.generations) {
      expect([key, salt]).toEqual([toHex(expand(secret, 'RA1-record-key', 32)), toHex(expand(secret, 'RA1-record-salt', 12))])
      secret = expand(secret, 'RA1-record-next', 32)
    }
    expect(pairwise.records.map(({ generation, counter }) => [generation, counter])).toEqual([
      [0, 1],
      [0, 2],
      [1, 3],
    ])
    for (const vector of pairwise.records) {
      const { key = '', salt = '' } = pairwise.generations[vector.generation ?? -1] ?? {}
      expect(vector).toMatchObject(sealedBySpecification(buffer(key), buffer(salt), vector))
    }
  })

  test('records of two media epochs (RA-SEC-222)', () => {
    for (const vector of media.records) {
      const { key = '', salt = '' } = media.epochs.find(({ epoch }) => epoch === vector.epoch) ?? {}
      expect(vector).toMatchObject(sealedBySpecification(buffer(key), buffer(salt), vector))
    }
  })

  test('a capability (RA-SEC-231, RA-SEC-232)', () => {
    const { session, participant, publicKey: key, role, permissions, notBefore, expires, epoch, serial } = capability.fields
    const form = lv('RA1-capability', buffer(session), participant, buffer(key), role, lv(...permissions), notBefore, expires, epoch, serial)
    expect(capability.form).toBe(toHex(form))
    expect(capability.signed).toBe(toHex(Buffer.concat([form, sign(undefined, form, privateKey(keys.customer.seed))])))
  })

  test('a key for credentials (RA-SEC-242)', () => {
    const form = lv('RA1-credential-key', buffer(credentials.session), credentials.requestId, buffer(credentials.key))
    expect(verify(undefined, form, publicKey(keys.customer.publicKey), buffer(credentials.signature))).toBe(true)
  })

  test('an account and its password, and what they are bound to (RA-SEC-243, RA-SEC-245)', () => {
    const { session, requestId, account, password } = credentials
    expect(credentials.info).toBe(toHex(lv('RA1-credentials', buffer(session), requestId)))
    expect(credentials.credentials).toBe(toHex(lv(account, password)))
  })

  test('an audit log (RA-SEC-252, RA-SEC-253, RA-SEC-254, RA-SEC-255)', () => {
    const { session, participant, key } = audit.header
    let hash = sha256(Buffer.of(1), lv('RA1-audit', buffer(session), participant, buffer(key)))
    expect(audit.header.hash).toBe(toHex(hash))
    for (const { index, at, kind, details, entry, hash: expected } of audit.entries) {
      const form = lv(
        at,
        kind,
        ...Object.entries(details)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .flat(),
      )
      hash = sha256(Buffer.of(0), hash, lv(index, form))
      expect([entry, expected]).toEqual([toHex(form), toHex(hash)])
    }
    for (const { participant: signer, index, head, signature } of audit.signatures) {
      const form = lv('RA1-audit-sign', buffer(session), index, buffer(head))
      expect(verify(undefined, form, publicKey(signer === 2 ? keys.customer.publicKey : keys.agent.publicKey), buffer(signature))).toBe(true)
    }
  })
})

describe('the worked example of the record page, by the library', () => {
  test.each(AEADS)('records, sealed and opened by %s', async (_name, aead) => {
    const sealer = new RecordSealer(aead, hex(pairwise.trafficSecret), { records: 2, ms: 1 })
    const opener = new RecordOpener(aead, hex(pairwise.trafficSecret))
    for (const { header, plaintext, record } of pairwise.records) {
      expect(toHex(await sealer.seal(header, hex(plaintext), 0))).toBe(record)
      expect(toHex(await opener.open(header, hex(record)))).toBe(plaintext)
    }
    const [pictures, viewer] = [new MediaSealer(aead), new MediaOpener(aead)]
    for (const { epoch, key, salt } of media.epochs) {
      for (const end of [pictures, viewer]) end.switchTo({ epoch, key: hex(key), salt: hex(salt) })
      for (const { header, plaintext, record } of media.records.filter(vector => vector.epoch === epoch)) {
        expect(toHex(await pictures.seal(header, hex(plaintext), 0))).toBe(record)
        expect(toHex(await viewer.open(header, hex(record)))).toBe(plaintext)
      }
    }
  })

  test('a capability, credentials and an audit log', async () => {
    const { session, publicKey: key, ...rest } = capability.fields
    const fields = { ...rest, session: hex(session), publicKey: hex(key) }
    expect(toHex(signCapability(fields, customer))).toBe(capability.signed)
    const context = { session: hex(session), customerKey: customer.publicKey, now: rest.notBefore }
    expect(verifyCapability(hex(capability.signed), context)).toMatchObject({ participant: 1, permissions: [1, 2, 10], serial: 7 })

    const request = { session: hex(credentials.session), requestId: credentials.requestId }
    const opener = await CredentialOpener.create(request, hex(credentials.seed))
    expect(toHex(opener.publicKey)).toBe(credentials.key)
    expect(toHex(signCredentialKey(request, opener.publicKey, customer).signature)).toBe(credentials.signature)
    const opened = await opener.open(hex(credentials.sealed))
    expect(toHex(opened)).toBe(credentials.credentials)
    const { account, password } = readCredentials(opened)
    expect([account, new TextDecoder().decode(password)]).toEqual([credentials.account, credentials.password])

    const report = verifyAudit(new TextEncoder().encode(audit.file), customer.publicKey)
    expect(report).toMatchObject({ verdict: 'intact', entries: 4, signedByBoth: 4 })
    expect(report.signers.map(signer => signer.key)).toEqual([toHex(customer.publicKey), toHex(agent.publicKey)])
  })

  test('and of nodeAead, synchronously', () => {
    const [first] = pairwise.records as [Vector]
    expect(new RecordSealer(nodeAead, hex(pairwise.trafficSecret)).seal(first.header, hex(first.plaintext), 0)).toBeInstanceOf(Uint8Array)
  })
})
