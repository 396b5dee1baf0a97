import { createHash, createHmac, createPublicKey, verify } from 'node:crypto'
import { ristretto255, ristretto255_hasher } from '@noble/curves/ed25519.js'
import { describe, expect, test } from 'vitest'
import type { JoinerRole, PasswordClass } from '../../src/handshake/messages.js'
import { policyHash } from '../../src/policy.js'
import { sessionKey } from '../../src/session-key.js'
import { wordsOf } from '../../src/words.js'
import { hex, toHex } from '../support/bytes.js'
import { Pair } from '../support/handshake.js'
import { type End, VECTORS } from '../support/vectors.js'

/** The specification read a second time, with nothing of the implementation but the curve and the word list. */
const book = {
  hash: (algorithm: 'sha256' | 'sha512', ...parts: readonly Uint8Array[]) => createHash(algorithm).update(Buffer.concat(parts)).digest(),
  lv: (...fields: readonly (string | number | boolean | Uint8Array)[]) =>
    Buffer.concat(
      fields.flatMap(field => {
        const bytes = field instanceof Uint8Array ? field : Buffer.from(typeof field === 'boolean' ? String(Number(field)) : String(field))
        const length = Buffer.alloc(4)
        length.writeUInt32BE(bytes.length)
        return [length, bytes]
      }),
    ),
  /** CPace's own form: lengths in LEB128, two bytes at most here. */
  lvCat: (...fields: readonly Uint8Array[]) =>
    Buffer.concat(fields.flatMap(field => [Buffer.from(field.length < 128 ? [field.length] : [(field.length & 127) | 128, field.length >> 7]), field])),
  expand: (prk: Uint8Array, length: number, ...info: readonly (string | number)[]) =>
    createHmac('sha256', prk)
      .update(Buffer.concat([book.lv(...info), Buffer.from([1])]))
      .digest()
      .subarray(0, length),
}

const littleEndian = (bytes: Uint8Array): bigint => BigInt(`0x${toHex(bytes.slice().reverse())}`)
const { Point } = ristretto255

describe.each(VECTORS.map(vector => [vector.name, vector] as const))('the worked example in which %s', (_, { inputs, values, outputs }) => {
  const { sessionId, secretId, password } = { sessionId: hex(inputs.sessionId), secretId: hex(inputs.secretId), password: hex(inputs.password) }
  const sides = ['customer', 'joiner'] as const

  test('has the policy hash of its policy (RA-SEC-031)', () => {
    const { policy } = inputs
    const list = (value: unknown) => book.lv(...(value as readonly number[]))
    const fields = Object.values(policy ?? {}).map(field => (Array.isArray(field) ? list(field) : (field as number | boolean)))
    expect(toHex(book.hash('sha256', book.lv('RA1-policy', ...fields)))).toBe(values.policyHash)
    const terms = policy === null ? undefined : (policy as never)
    expect(toHex(policyHash(terms))).toBe(values.policyHash)
  })

  test('binds what was said, byte by byte (RA-SEC-012, RA-SEC-013, RA-SEC-014, RA-SEC-015, RA-SEC-016)', () => {
    const { customer, joiner } = inputs
    const nonces = sides.map(side => hex(inputs[side].random).subarray(0, 32))
    expect(nonces.map(toHex)).toEqual(sides.map(side => values[side].nonce))
    expect(toHex(book.hash('sha256', book.lv('RA1-sid', sessionId, ...nonces)))).toBe(values.sid)
    const channel = book.lv('RA1-channel', 1, inputs.suite, inputs.passwordClass, secretId, 2, inputs.customerNumber, joiner.role, inputs.joinerNumber)
    expect(toHex(channel)).toBe(values.channelIdentifier)
    for (const [side, { role, publicKey, credential, version, capabilities }] of [
      ['customer', customer],
      ['joiner', joiner],
    ] as const) {
      const said = book.lv('RA1-said', role, hex(publicKey), credential, hex(values.policyHash), version.minMinor, version.maxMinor, book.lv(...capabilities))
      expect(toHex(said)).toBe(values[side].associatedData)
    }
    expect(toHex(book.hash('sha256', book.lv('RA1-commit', hex(values.joiner.share), hex(values.joiner.associatedData))))).toBe(values.commitment)
  })

  test('agrees on a key by CPace and confirms it (RA-SEC-011, RA-SEC-030)', () => {
    const [ci, sid] = [hex(values.channelIdentifier), hex(values.sid)]
    const dsi = Buffer.from('CPaceRistretto255')
    const padding = Buffer.alloc(Math.max(0, 128 - 1 - (password.length + 1) - (dsi.length + 1)))
    const generator = ristretto255_hasher.deriveToCurve?.(book.hash('sha512', book.lvCat(dsi, password, padding, ci, sid)))
    expect(toHex(generator?.toBytes() ?? new Uint8Array())).toBe(values.generator)
    for (const side of sides) {
      const scalar = (littleEndian(hex(inputs[side].random).subarray(32)) % (Point.Fn.ORDER - 1n)) + 1n
      expect(littleEndian(hex(values[side].scalar))).toBe(scalar)
      expect(toHex(generator?.multiply(scalar).toBytes() ?? new Uint8Array())).toBe(values[side].share)
      const other = side === 'customer' ? 'joiner' : 'customer'
      expect(toHex(Point.fromBytes(hex(values[other].share)).multiply(scalar).toBytes())).toBe(values.point)
    }
    const [ofCustomer, ofJoiner] = sides.map(side => book.lvCat(hex(values[side].share), hex(values[side].associatedData))) as [Buffer, Buffer]
    const isk = book.hash('sha512', book.lvCat(Buffer.from('CPaceRistretto255_ISK'), sid, hex(values.point)), ofCustomer, ofJoiner)
    expect(toHex(isk)).toBe(values.isk)
    const key = book.hash('sha512', Buffer.from('CPaceMac'), sid, isk)
    expect(createHmac('sha512', key).update(ofCustomer).digest('hex')).toBe(values.customerTag)
    expect(createHmac('sha512', key).update(ofJoiner).digest('hex')).toBe(values.joinerTag)
  })

  test('proves that each end has the key that it named (RA-SEC-070)', () => {
    const hash = book.hash('sha256', hex(values.transcript))
    for (const [{ role, publicKey }, proof] of [
      [inputs.customer, values.customerProof],
      [inputs.joiner, values.joinerProof],
    ] as const) {
      const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), hex(publicKey)])
      const key = createPublicKey({ key: spki, format: 'der', type: 'spki' })
      expect(verify(undefined, book.lv('RA1-proof', role, hash), key, hex(proof))).toBe(true)
    }
  })

  test('derives its secrets, each by its label (RA-SEC-040, RA-SEC-041, RA-SEC-042, RA-SEC-044, RA-SEC-045, RA-SEC-047)', () => {
    const { customer, joiner } = values
    const transcript = book.lv(
      'RA1-transcript',
      sessionId,
      hex(values.channelIdentifier),
      hex(customer.nonce),
      hex(joiner.nonce),
      hex(values.commitment),
      hex(customer.share),
      hex(customer.associatedData),
      hex(joiner.share),
      hex(joiner.associatedData),
    )
    expect(toHex(transcript)).toBe(values.transcript)
    const prk = createHmac('sha256', book.hash('sha256', transcript)).update(hex(values.isk)).digest()
    expect(toHex(prk)).toBe(values.prk)
    for (const { channel, fromCustomer, fromJoiner } of outputs.traffic) {
      expect(toHex(book.expand(prk, 32, 'RA1-traffic', 'customer', channel))).toBe(fromCustomer)
      expect(toHex(book.expand(prk, 32, 'RA1-traffic', 'joiner', channel))).toBe(fromJoiner)
    }
    expect(wordsOf(book.expand(prk, 3, 'RA1-words'))).toEqual(outputs.words)
    const resume = book.expand(prk, 32, 'RA1-resume')
    expect(toHex(resume)).toBe(outputs.resume.secret)
    expect(toHex(book.hash('sha256', resume).subarray(0, 16))).toBe(outputs.resume.name)
    expect(toHex(book.expand(prk, 32, 'RA1-audit'))).toBe(outputs.audit)
  })

  test('is what the machines say and get', () => {
    const context = { sessionId, customer: inputs.customerNumber, joiner: inputs.joinerNumber, joinerRole: inputs.joiner.role as JoinerRole }
    const self = ({ seed, credential, version, capabilities }: End) => ({
      key: sessionKey(hex(seed)),
      credential,
      version,
      capabilities,
      policyHash: hex(values.policyHash),
    })
    const passwordClass = inputs.passwordClass as PasswordClass
    const secret = { passwordClass, name: secretId, password }
    const pair = new Pair({
      customer: { context, self: self(inputs.customer), secret },
      joiner: { context, self: self(inputs.joiner), accepts: [passwordClass] },
      secrets: [secret],
      random: { customer: hex(inputs.customer.random), joiner: hex(inputs.joiner.random) },
    }).run()
    expect(pair.sent.map(({ message }) => message)).toMatchObject([
      { $case: 'start', value: { nonce: hex(values.customer.nonce), passwordClass, suite: inputs.suite, secretId } },
      { $case: 'commit', value: { nonce: hex(values.joiner.nonce), commitment: hex(values.commitment) } },
      { $case: 'share', value: { share: hex(values.customer.share) } },
      { $case: 'share', value: { share: hex(values.joiner.share) } },
      { $case: 'confirm', value: { tag: hex(values.customerTag), proof: hex(values.customerProof) } },
      { $case: 'confirm', value: { tag: hex(values.joinerTag), proof: hex(values.joinerProof) } },
    ])
    const secured = pair.end('customer').secured
    expect(secured?.traffic).toEqual(
      outputs.traffic.map(({ channel, fromCustomer, fromJoiner }) => ({ channel, send: hex(fromCustomer), receive: hex(fromJoiner) })),
    )
    expect(pair.end('joiner').secured?.traffic).toEqual(
      outputs.traffic.map(({ channel, fromCustomer, fromJoiner }) => ({ channel, send: hex(fromJoiner), receive: hex(fromCustomer) })),
    )
    for (const side of sides)
      expect(pair.end(side).secured).toMatchObject({
        words: outputs.words,
        minor: outputs.minor,
        audit: hex(outputs.audit),
        resume: { secret: hex(outputs.resume.secret), name: hex(outputs.resume.name) },
      })
  })
})
