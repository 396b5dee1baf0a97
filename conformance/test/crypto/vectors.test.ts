import { createPrivateKey, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { AuditLog, auditEntry } from '../../src/crypto/audit.js'
import { hex, lv, sha256, unhex, utf8 } from '../../src/crypto/bytes.js'
import { capabilityForm, readCapability, signCapability } from '../../src/crypto/capability.js'
import { CustomerExchange, type ExchangeSide, JoinerExchange, type Outcome } from '../../src/crypto/exchange.js'
import { policyHash, type Secret } from '../../src/crypto/forms.js'
import { credentialKeyForm, credentialsForm, credentialsInfo, derivedHpkeKey, hpkeOpen, hpkeSeal } from '../../src/crypto/hpke.js'
import { sessionJwk, sessionKeyPair, verifies } from '../../src/crypto/keys.js'
import { organisation, readCredential } from '../../src/crypto/organisation.js'
import { MediaOpener, MediaSealer, PairOpener, PairSealer, recordData, recordNonce } from '../../src/crypto/record.js'
import { decodeMessage, encodeMessage } from '../../src/wire/schema.js'

const vectors = (name: string) => JSON.parse(readFileSync(new URL(`../../../docs/spec/vectors/${name}.json`, import.meta.url), 'utf8'))

interface Self {
  readonly random: string
  readonly seed: string
  readonly publicKey: string
  readonly credential: string
  readonly version: { readonly minMinor: number; readonly maxMinor: number }
  readonly capabilities: readonly string[]
}

interface Vector {
  readonly inputs: {
    readonly sessionId: string
    readonly customerNumber: number
    readonly joinerNumber: number
    readonly passwordClass: number
    readonly secretId: string
    readonly password: string
    readonly policy: Record<string, unknown> | null
    readonly customer: Self
    readonly joiner: Self & { readonly role: number }
  }
}

const classes = ['', 'PIN', 'LINK', 'INVITE', 'RESUME'] as const

/** Both ends of a vector's handshake, with its random bytes. */
function ends(
  { inputs }: Vector,
  change: { readonly customer?: Partial<ExchangeSide>; readonly joiner?: Partial<ExchangeSide>; readonly password?: Uint8Array } = {},
) {
  const { sessionId, customerNumber, joinerNumber, passwordClass, secretId, password, policy } = inputs
  const side = (self: Self): ExchangeSide => {
    let rest = unhex(self.random)
    return {
      sessionId: unhex(sessionId),
      customer: customerNumber,
      joiner: joinerNumber,
      joinerRole: inputs.joiner.role === 1 ? 'AGENT' : 'VIEWER',
      key: sessionKeyPair(unhex(self.seed)),
      self: {
        credential: self.credential,
        policyHash: policyHash(policy ?? undefined),
        ...self.version,
        capabilities: self.capabilities,
      },
      random: length => {
        const taken = rest.slice(0, length)
        rest = rest.slice(length)
        return taken
      },
    }
  }
  const secret: Secret = { passwordClass: classes[passwordClass] as 'PIN', password: unhex(password), secretId: unhex(secretId) }
  const joinersSecret = { ...secret, password: change.password ?? secret.password }
  return {
    customer: new CustomerExchange({ ...side(inputs.customer), ...change.customer }, secret),
    joiner: new JoinerExchange({ ...side(inputs.joiner), ...change.joiner }, name => (name === secret.passwordClass ? joinersSecret : undefined)),
  }
}

/** Carries messages to and fro, as bytes, until nobody has anything to say. */
function play({ customer, joiner }: ReturnType<typeof ends>) {
  const said: { readonly from: string; readonly name: string; readonly fields: Record<string, unknown> }[] = []
  const last: { customer?: Outcome; joiner?: Outcome } = {}
  let waiting = [{ from: 'customer', message: customer.start() }]
  while (waiting.length > 0) {
    const [next, ...others] = waiting
    if (next === undefined) break
    const heard = decodeMessage('HANDSHAKE', encodeMessage('HANDSHAKE', next.message))
    said.push({ from: next.from, name: heard.name, fields: heard.fields })
    const to = next.from === 'customer' ? 'joiner' : 'customer'
    const outcome = (to === 'joiner' ? joiner : customer).receive(heard.name, heard.fields)
    if (outcome.established !== undefined || outcome.failed !== undefined) last[to] = outcome
    waiting = [...others, ...outcome.say.map(message => ({ from: to, message }))]
  }
  return { said, last, names: said.map(({ from, name }) => `${from} ${name}`) }
}

describe('the handshake', () => {
  for (const vector of vectors('handshake').vectors) {
    it(`gives what the vector says: ${vector.name}`, () => {
      const { said, last, names } = play(ends(vector))
      expect(names).toEqual(['customer start', 'joiner commit', 'customer share', 'joiner share', 'customer confirm', 'joiner confirm'])
      const fieldOf = (index: number, name: string) => hex(said[index]?.fields[name] as Uint8Array)
      expect(fieldOf(1, 'commitment')).toBe(vector.values.commitment)
      expect(fieldOf(2, 'share')).toBe(vector.values.customer.share)
      expect(fieldOf(3, 'share')).toBe(vector.values.joiner.share)
      expect(fieldOf(2, 'policyHash')).toBe(vector.values.policyHash)
      expect(fieldOf(2, 'publicKey')).toBe(vector.inputs.customer.publicKey)
      expect(fieldOf(3, 'publicKey')).toBe(vector.inputs.joiner.publicKey)
      expect(fieldOf(4, 'tag')).toBe(vector.values.customerTag)
      expect(fieldOf(5, 'tag')).toBe(vector.values.joinerTag)
      expect(fieldOf(4, 'proof')).toBe(vector.values.customerProof)
      expect(fieldOf(5, 'proof')).toBe(vector.values.joinerProof)
      for (const end of [last.customer, last.joiner]) {
        const secrets = end?.established?.secrets
        expect(hex(secrets?.prk ?? new Uint8Array(0))).toBe(vector.values.prk)
        expect(secrets?.words).toEqual(vector.outputs.words)
        expect(hex(secrets?.resume.secret ?? new Uint8Array(0))).toBe(vector.outputs.resume.secret)
        expect(hex(secrets?.resume.name ?? new Uint8Array(0))).toBe(vector.outputs.resume.name)
        expect(hex(secrets?.audit ?? new Uint8Array(0))).toBe(vector.outputs.audit)
        expect(end?.established?.minor).toBe(vector.outputs.minor)
        for (const { channel, fromCustomer, fromJoiner } of vector.outputs.traffic) {
          expect(hex(secrets?.traffic('customer', channel) ?? new Uint8Array(0))).toBe(fromCustomer)
          expect(hex(secrets?.traffic('joiner', channel) ?? new Uint8Array(0))).toBe(fromJoiner)
        }
      }
    })
  }

  const [vector] = vectors('handshake').vectors
  const broken: [string, Parameters<typeof ends>[1], number][] = [
    ['another password', { password: utf8('000000') }, 600],
    ['a tag that proves nothing', { customer: { twist: { confirm: { tag: new Uint8Array(64) } } } }, 600],
    ['a wrong tag, whatever its proof', { customer: { twist: { confirm: { tag: new Uint8Array(64) }, proof: { key: 'other' } } } }, 600],
    ['a proof by another key than the customer named', { customer: { twist: { proof: { key: 'other' } } } }, 602],
    ['a key that the customer does not have', { customer: { twist: { share: { publicKey: sessionKeyPair().publicKey } } } }, 602],
    ['a proof of the joiner’s role by the customer', { customer: { twist: { proof: { role: 'AGENT' } } } }, 602],
    ['a proof of another exchange', { customer: { twist: { proof: { exchange: 'other' } } } }, 602],
    ['a proof with a bit turned over', { customer: { twist: { proof: { flip: true } } } }, 602],
    ['no proof', { customer: { twist: { proof: { bytes: 0 } } } }, 602],
    ['a proof that is cut off', { customer: { twist: { proof: { bytes: 63 } } } }, 602],
    ['a proof with a byte behind it', { customer: { twist: { proof: { bytes: 65 } } } }, 602],
    ['a commitment to something else', { joiner: { twist: { commit: { commitment: new Uint8Array(32) } } } }, 602],
    ['the neutral element', { joiner: { twist: { share: { share: new Uint8Array(32) } } } }, 602],
    ['bytes that are no point', { customer: { twist: { share: { share: new Uint8Array(32).fill(255) } } } }, 602],
    ['another role', { joiner: { twist: { share: { role: 3 } } } }, 602],
    ['another policy', { joiner: { twist: { share: { policyHash: new Uint8Array(32) } } } }, 602],
    ['no minor version in common', { joiner: { twist: { share: { version: { minMinor: 7, maxMinor: 9 } } } } }, 206],
    ['another suite', { customer: { twist: { start: { suite: 'NULL' } } } }, 206],
    ['a secret that nobody has', { customer: { twist: { start: { passwordClass: 'INVITE', secretId: new Uint8Array(16) } } } }, 600],
    ['the nonce that came', { joiner: { twist: { commit: { nonce: unhex(vector.values.customer.nonce) } } } }, 602],
  ]
  it.each(broken)('ends with %s', (_, change, code) => {
    const { last } = play(ends(vector, change))
    expect([last.customer?.failed?.code, last.joiner?.failed?.code]).toEqual([code, code])
    expect([last.customer?.failed?.heard, last.joiner?.failed?.heard].sort()).toEqual([false, true])
  })
})

describe('sealed records', () => {
  const record = vectors('record')
  const headerOf = ({ header }: { header: { channel: number; source: number; targets: number[]; sequence: number } }) => ({
    ...header,
    sequence: BigInt(header.sequence),
  })

  it('of a pairwise channel are those of the vector', () => {
    const secret = unhex(record.pairwise.trafficSecret)
    const sealer = new PairSealer(secret)
    const opener = new PairOpener(secret)
    for (const one of record.pairwise.records) {
      if (one.generation > sealer.generation) sealer.advance()
      const sealed = sealer.seal(headerOf(one), unhex(one.plaintext))
      expect(hex(sealed)).toBe(one.record)
      expect(hex(recordData(headerOf(one), one.generation, BigInt(one.counter)))).toBe(one.associatedData)
      expect(hex(recordNonce(unhex(record.pairwise.generations[one.generation].salt), BigInt(one.counter)))).toBe(one.nonce)
      expect(hex(opener.open(headerOf(one), sealed))).toBe(one.plaintext)
    }
  })

  it('of MEDIA are those of the vector', () => {
    const opener = new MediaOpener()
    let sealer: MediaSealer | undefined
    for (const one of record.media.records) {
      const found = record.media.epochs.find(({ epoch }: { epoch: number }) => epoch === one.epoch)
      if (sealer?.epoch.epoch !== one.epoch) {
        sealer = new MediaSealer({ epoch: one.epoch, key: unhex(found.key), salt: unhex(found.salt) })
        opener.take(sealer.epoch)
      }
      expect(hex(sealer?.seal(headerOf(one), unhex(one.plaintext)) ?? new Uint8Array(0))).toBe(one.record)
      expect(hex(opener.open(headerOf(one), unhex(one.record)))).toBe(one.plaintext)
    }
    expect(() => opener.take({ epoch: 9, key: new Uint8Array(32), salt: new Uint8Array(12) })).toThrow(/epoch 9 came after 9/)
    expect(() => opener.open(headerOf(record.media.records[0]), unhex(record.media.records[0].record))).toThrow(/of epoch 4 came in epoch 9/)
  })

  it('are refused when anything of them or of their header is another, and so is all that follows', () => {
    const header = { channel: 3, source: 1, sequence: 5n, targets: [2] }
    const spoilt: [string, (record: Uint8Array) => Uint8Array, Partial<typeof header>, RegExp][] = [
      ['a bit', record => record.map((byte, place) => (place === 14 ? byte ^ 1 : byte)), {}, /tag/],
      ['its end', record => record.slice(0, -1), {}, /tag/],
      ['all but 27 bytes', record => record.slice(0, 27), {}, /27 bytes/],
      ['channel', record => record, { channel: 4 }, /tag/],
      ['source', record => record, { source: 2 }, /tag/],
      ['sequence', record => record, { sequence: 6n }, /tag/],
      ['target', record => record, { targets: [3] }, /tag/],
      ['targets', record => record, { targets: [2, 3] }, /2 targets/],
    ]
    for (const [, change, other, message] of spoilt) {
      const sealer = new PairSealer(new Uint8Array(32))
      const opener = new PairOpener(new Uint8Array(32))
      const sealed = sealer.seal(header, utf8('one'))
      expect(() => opener.open({ ...header, ...other }, change(sealed))).toThrow(message)
      expect(() => opener.open(header, sealed)).toThrow(/before it was refused/)
    }
    const sealer = new PairSealer(new Uint8Array(32))
    expect(() => new PairOpener(new Uint8Array(32)).open(header, sealer.seal(header, utf8('x'), 1))).toThrow(/Counter 2 came after 0/)
  })
})

describe('what is signed', () => {
  const { keys, capability, credentials, audit } = vectors('record')
  const customer = sessionKeyPair(unhex(keys.customer.seed))
  const agent = sessionKeyPair(unhex(keys.agent.seed))

  it('by session keys, is signed by those of the vector', () => {
    expect(hex(customer.publicKey)).toBe(keys.customer.publicKey)
    expect(verifies(new Uint8Array(3), utf8('x'), new Uint8Array(64))).toBe(false)
  })

  it('as a capability, is the vector’s', () => {
    const fields = { ...capability.fields, session: unhex(capability.fields.session), publicKey: unhex(capability.fields.publicKey) }
    expect(hex(capabilityForm(fields))).toBe(capability.form)
    expect(hex(signCapability(fields, customer))).toBe(capability.signed)
    expect(readCapability(unhex(capability.signed), customer.publicKey)).toEqual(fields)
    expect(() => readCapability(unhex(capability.signed), agent.publicKey)).toThrow(/not the customer’s/)
    expect(() => readCapability(signCapability({ ...fields, permissions: [2, 1] }, customer), customer.publicKey)).toThrow(/permissions/)
    expect(() => readCapability(signCapability({ ...fields, expires: fields.notBefore + 900_001 }, customer), customer.publicKey)).toThrow(/life/)
  })

  it('as the key for credentials, and what is sealed to it, is the vector’s', () => {
    const session = unhex(credentials.session)
    const key = derivedHpkeKey(unhex(credentials.seed))
    expect(hex(key.publicKey)).toBe(credentials.key)
    expect(hex(customer.sign(credentialKeyForm(session, credentials.requestId, key.publicKey)))).toBe(credentials.signature)
    const info = credentialsInfo(session, credentials.requestId)
    expect(hex(info)).toBe(credentials.info)
    expect(hex(hpkeOpen(key, info, unhex(credentials.sealed)))).toBe(credentials.credentials)
    const form = credentialsForm(credentials.account, credentials.password)
    expect(hex(form)).toBe(credentials.credentials)
    expect(hpkeOpen(key, info, hpkeSeal(key.publicKey, info, form))).toEqual(form)
    expect(() => hpkeOpen(key, lv('x'), unhex(credentials.sealed))).toThrow()
  })

  it('of an audit log, is the vector’s', () => {
    const log = new AuditLog(unhex(audit.header.session), audit.header.participant, unhex(audit.header.key))
    expect(hex(log.head(-1) ?? new Uint8Array(0))).toBe(audit.header.hash)
    for (const { index, at, kind, details, entry, hash } of audit.entries) {
      const texts = Object.fromEntries(Object.entries(details).map(([name, value]) => [name, String(value)]))
      expect(hex(auditEntry({ at, kind, details: texts }))).toBe(entry)
      log.take(index, unhex(entry))
      expect(hex(log.head(index) ?? new Uint8Array(0))).toBe(hash)
    }
    for (const { participant, index, head, signature } of audit.signatures) {
      const key = participant === 2 ? customer : agent
      expect(log.verify({ index, head: unhex(head), signature: unhex(signature) }, key.publicKey)).toBe(true)
      expect(log.verify({ index, head: unhex(head), signature: unhex(signature) }, sessionKeyPair().publicKey)).toBe(false)
    }
    expect(log.sign(customer)).toMatchObject({ index: String(log.length - 1), signature: unhex(audit.signatures[0].signature) })
    expect(() => log.take(99, new Uint8Array(1))).toThrow(/99 came after/)
    expect(() => log.take(log.length, auditEntry({ at: 1, kind: 'session.paused', details: { why: '' } }))).toThrow(/with the details why/)
  })

  it.each([
    ['by another key than the joiner named', { proof: { key: 'other' } }],
    ['by a key that it does not have', { share: { publicKey: sessionKeyPair().publicKey } }],
    ['of the customer’s role', { proof: { role: 'CUSTOMER' } }],
    ['of another exchange', { proof: { exchange: 'other' } }],
    ['of which a bit is turned over', { proof: { flip: true } }],
    ['that is not there', { proof: { bytes: 0 } }],
  ] satisfies [string, ExchangeSide['twist']][])('as proof of a joiner, %s, does not secure it at the customer', (_, twist) => {
    const [vector] = vectors('handshake').vectors
    const { customer } = play(ends(vector, { joiner: { twist } })).last
    expect(customer?.failed).toMatchObject({ code: 602, reason: expect.stringContaining('proof'), heard: false })
  })

  it('by an organisation, is a compact JWS', () => {
    const example = organisation('Example & Co')
    const { header, claims } = readCredential(example.vouch({ session: '00', exp: 1 }), example.jwk)
    expect(header).toEqual({ alg: 'EdDSA', typ: 'ra-organisation+jwt' })
    expect(claims).toEqual({ org: 'Example & Co', session: '00', exp: 1 })
    expect(() => readCredential(example.vouch({}), organisation('Other').jwk)).toThrow(/not signed/)
    expect(() => readCredential(`${example.vouch({})}.x`, example.jwk)).toThrow(/no compact JWS/)
  })

  it('by who has an organisation’s key, is the organisation’s', () => {
    const example = organisation('Example & Co')
    const { key, header, claims } = JSON.parse(example.delegate({ sub: 'ada', exp: 1 }))
    expect(header).toEqual({ alg: 'EdDSA', typ: 'ra-organisation+jwt' })
    expect(claims).toEqual({ org: 'Example & Co', sub: 'ada', exp: 1 })
    const bytes = utf8('what a credential says')
    const signature = sign(null, bytes, createPrivateKey({ key, format: 'jwk' }))
    expect(verifies(new Uint8Array(Buffer.from(example.jwk.x ?? '', 'base64url')), bytes, signature)).toBe(true)
    expect(sessionJwk(sessionKeyPair(unhex('00'.repeat(32))).publicKey)).toEqual({
      kty: 'OKP',
      crv: 'Ed25519',
      x: 'O2onvM62pC1io6jQKm8Nc2UyFXcd4kOmOsBIoYtZ2ik',
    })
    expect(hex(sha256(utf8('')))).toMatch(/^e3b0c442/)
  })
})

describe('what is to be refused', () => {
  const group = (type: string) => vectors('refused').testGroups.find((one: { type: string }) => one.type === type)
  const isTaken = (read: () => unknown): string => {
    try {
      read()
      return 'valid'
    } catch {
      return 'invalid'
    }
  }

  it('of handshakes, is, with the code that the vector says', () => {
    type Message = Readonly<Record<string, Readonly<Record<string, unknown>>>>
    type Test = {
      readonly comment: string
      readonly judge: 'customer' | 'joiner'
      readonly received: readonly Message[]
      readonly reason?: string
      readonly flags: readonly string[]
    }
    const { about, tests: all }: { readonly about: { readonly example: string }; readonly tests: readonly Test[] } = group('handshake')
    // A player is not judged: it looks at what keys, tags and proofs hang on, and leaves limits and turns to whom it plays against.
    const tests = all.filter(({ flags }) => !flags.some(flag => ['Limits', 'Turn', 'Reflected'].includes(flag)))
    const vector: Vector = vectors('handshake').vectors.find(({ name }: { name: string }) => name === about.example)
    const bytes = new Set(['nonce', 'secretId', 'commitment', 'share', 'publicKey', 'policyHash', 'tag', 'proof'])
    const codes: Readonly<Record<number, string>> = { 206: 'INCOMPATIBLE', 600: 'WRONG_SECRET', 602: 'HANDSHAKE' }
    const told = tests.map(({ comment, judge, received }) => {
      const both = ends(vector)
      both.customer.start()
      let ended: Outcome | undefined
      for (const [name, fields] of received.flatMap(message => Object.entries(message))) {
        const plain = Object.fromEntries(Object.entries(fields).map(([field, value]) => [field, bytes.has(field) ? unhex(String(value)) : value]))
        const heard = decodeMessage('HANDSHAKE', encodeMessage('HANDSHAKE', { [name]: plain }))
        const outcome = both[judge].receive(heard.name, heard.fields)
        if (outcome.established !== undefined || outcome.failed !== undefined) ended ??= outcome
      }
      return [comment, ended?.failed === undefined ? ended?.established && 'secured' : codes[ended.failed.code]]
    })
    expect(told.length).toBeGreaterThan(25)
    expect(told).toEqual(tests.map(({ comment, reason = 'secured' }) => [comment, reason]))
  })

  it('of records, is', () => {
    type Placed = { readonly header: { channel: number; source: number; targets: number[]; sequence: number }; readonly record: string }
    type Test = Placed & { readonly comment: string; readonly behind: boolean; readonly result: string }
    const { about, tests }: { readonly about: { readonly trafficSecret: string; readonly first: Placed }; readonly tests: readonly Test[] } = group('record')
    const open = (opener: PairOpener, { header, record }: Placed) => opener.open({ ...header, sequence: BigInt(header.sequence) }, unhex(record))
    const told = tests.map(({ behind, comment, ...placed }) => {
      const opener = new PairOpener(unhex(about.trafficSecret))
      if (behind) open(opener, about.first)
      return [comment, isTaken(() => open(opener, placed))]
    })
    expect(told.length).toBeGreaterThan(20)
    expect(told).toEqual(tests.map(({ comment, result }) => [comment, result]))
  })

  it('of capabilities, is, by who looks at session and time as well', () => {
    type Test = { readonly comment: string; readonly signed: string; readonly now: number; readonly result: string }
    const { about, tests }: { readonly about: { readonly session: string; readonly customerKey: string }; readonly tests: readonly Test[] } =
      group('capability')
    const told = tests.map(({ comment, signed, now }) => [
      comment,
      isTaken(() => {
        const { session, notBefore, expires } = readCapability(unhex(signed), unhex(about.customerKey))
        if (hex(session) !== about.session || now < notBefore || now >= expires) throw new Error('Not here, or not now.')
      }),
    ])
    expect(told.length).toBeGreaterThan(20)
    expect(told).toEqual(tests.map(({ comment, result }) => [comment, result]))
  })
})
