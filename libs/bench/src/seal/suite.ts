import { createCipheriv, createDecipheriv, createSecretKey, randomBytes } from 'node:crypto'
import { RecordOpener, RecordSealer } from '@remote-assist/secure'
import { nodeAead } from '@remote-assist/secure/node'
import { race } from '../codec/race.js'
import { atLeast, type Row } from '../row.js'
import type { Effort, Suite } from '../suite.js'

/** SEAL: records sealed and opened, beside AES-256-GCM of node:crypto over the same bytes, which no sealing in Node can do without. */
export const sealSuite: Suite = { name: 'SEAL', title: 'Sealing, beside bare AES-256-GCM', run }

/** A record is one piece of memory, and a cipher of Node always makes its own output: what is left is one copy, and what a record needs beside the cipher. */
const GOAL = atLeast(0.7)
const SIZES = [
  ['64 KiB', 65_536],
  ['64 B', 64],
] as const
/** "RA1", channel, source, sequence, one target, generation, counter. */
const ASSOCIATED_BYTES = 29
const NONCE_BYTES = 12

async function* run(effort: Effort): AsyncGenerator<Row> {
  for (const [size, bytes] of SIZES) {
    const plaintext = randomBytes(bytes)
    yield await race(`seal record of ${size}`, sealing(plaintext), { 'node:crypto': bareSealing(plaintext) }, GOAL, effort)
    yield await race(`seal and open record of ${size}`, opening(plaintext), { 'node:crypto': bareOpening(plaintext) }, GOAL, effort)
  }
}

/** A direction of a channel: what it seals next, and the header that belongs to it. */
function direction() {
  const secret = randomBytes(32)
  const sealer = new RecordSealer(nodeAead, secret)
  const opener = new RecordOpener(nodeAead, secret)
  let sequence = 0
  return {
    seal(plaintext: Uint8Array) {
      const header = { channel: 8, source: 1, targets: [2], sequence: ++sequence }
      return { header, record: sealer.seal(header, plaintext, 0) as Uint8Array }
    },
    opener,
  }
}

function sealing(plaintext: Uint8Array) {
  const { seal } = direction()
  return () => seal(plaintext).record
}

function opening(plaintext: Uint8Array) {
  const { seal, opener } = direction()
  return () => {
    const { header, record } = seal(plaintext)
    return opener.open(header, record) as Uint8Array
  }
}

/** The cipher and nothing else: a nonce that counts, the same associated data each time, ciphertext and tag left where they are. */
function bare() {
  const key = createSecretKey(randomBytes(32))
  const [nonce, associated] = [randomBytes(NONCE_BYTES), randomBytes(ASSOCIATED_BYTES)]
  let counter = 0
  return (plaintext: Uint8Array) => {
    nonce.writeUInt32BE(++counter, NONCE_BYTES - 4)
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(associated)
    const ciphertext = cipher.update(plaintext)
    cipher.final()
    const tag = cipher.getAuthTag()
    return { key, nonce, associated, ciphertext, tag }
  }
}

function bareSealing(plaintext: Uint8Array) {
  const encrypt = bare()
  return () => encrypt(plaintext).ciphertext
}

function bareOpening(plaintext: Uint8Array) {
  const encrypt = bare()
  return () => {
    const { key, nonce, associated, ciphertext, tag } = encrypt(plaintext)
    const decipher = createDecipheriv('aes-256-gcm', key, nonce).setAAD(associated).setAuthTag(tag)
    const opened = decipher.update(ciphertext)
    decipher.final()
    return opened
  }
}
