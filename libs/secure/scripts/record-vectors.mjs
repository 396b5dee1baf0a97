/**
 * Writes docs/spec/vectors/record.json: records of two generations and of two epochs, a capability, credentials and an audit log, each with every input,
 * intermediate value and output, for implementers to compare theirs with. Bytes are in hex. `npm run vectors -w @remote-assist/secure`, after a build.
 */
import { createHash, createHmac } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { entryHash, headerHash } from '../dist/audit/chain.js'
import { lv } from '../dist/bytes.js'
import { sealTo } from '../dist/hpke-sender.js'
import {
  appendAudit,
  auditEntry,
  beginAudit,
  CredentialOpener,
  capabilityForm,
  credentialForm,
  entryLine,
  headerLine,
  MediaSealer,
  RecordSealer,
  sessionKey,
  signAudit,
  signatureLine,
  signCapability,
  signCredentialKey,
} from '../dist/index.js'
import { nodeAead } from '../dist/node/index.js'
import { associatedData, nonceOf } from '../dist/records/form.js'

const hex = bytes => Buffer.from(bytes).toString('hex')
const sha256 = bytes => createHash('sha256').update(bytes).digest()
/** Bytes that look random and that anybody can make again: SHA-256 of a name and a counter, one after another. */
const bytesFrom = (name, length) => Buffer.concat(Array.from({ length: Math.ceil(length / 32) }, (_, i) => sha256(`${name} ${i}`))).subarray(0, length)

const session = bytesFrom('session', 16)
const customer = sessionKey(bytesFrom('customer', 32))
const agent = sessionKey(bytesFrom('agent', 32))
const MINUTES = 60_000
const NOW = 1_790_000_000_000

/** The key of each generation, as it is made. */
function watched() {
  const keys = []
  const aead = bytes => {
    keys.push(hex(bytes))
    return nodeAead(bytes)
  }
  return { keys, aead }
}

const recordOf = (header, lead, salt, plaintext, record) => ({
  header,
  ...lead,
  nonce: hex(nonceOf(salt, lead.counter)),
  associatedData: hex(associatedData(header, { generation: lead.generation ?? lead.epoch, counter: lead.counter })),
  plaintext: hex(plaintext),
  record: hex(record),
})

function pairwise() {
  const trafficSecret = bytesFrom('traffic secret', 32)
  const { keys, aead } = watched()
  const sealer = new RecordSealer(aead, trafficSecret, { records: 2, ms: 10 * MINUTES })
  const salts = [saltOf(trafficSecret, 0), saltOf(trafficSecret, 1)]
  const records = ['first', 'second', ''].map((text, i) => {
    const header = { channel: 6, source: 1, targets: [2], sequence: [7, 4_294_967_296, 9_007_199_254_740_991][i] }
    const plaintext = Buffer.from(text)
    const record = sealer.seal(header, plaintext, 0)
    return recordOf(header, { generation: sealer.generation, counter: sealer.counter }, salts[sealer.generation], plaintext, record)
  })
  return { trafficSecret: hex(trafficSecret), generations: keys.map((key, generation) => ({ generation, key, salt: hex(salts[generation]) })), records }
}

/** The salt of a generation: `hkdfSync` would extract first, and RA-SEC-211 only expands; one block is enough for 32 bytes. */
function saltOf(secret, generation) {
  const expand = (label, length) => createHmac('sha256', secret).update(label).update(Buffer.of(1)).digest().subarray(0, length)
  return generation === 0 ? expand('RA1-record-salt', 12) : saltOf(expand('RA1-record-next', 32), generation - 1)
}

function media() {
  const sealer = new MediaSealer(nodeAead)
  const epochs = [4, 9].map(epoch => ({ epoch, key: bytesFrom(`media key ${epoch}`, 32), salt: bytesFrom(`media salt ${epoch}`, 12) }))
  const records = []
  for (const key of epochs) {
    sealer.switchTo(key)
    for (const [i, targets] of [[1], [1, 3, 65_535]].entries()) {
      const header = { channel: 5, source: 2, targets, sequence: 100 * key.epoch + i }
      const plaintext = bytesFrom(`picture ${key.epoch} ${i}`, 40)
      records.push(recordOf(header, { epoch: key.epoch, counter: i + 1 }, key.salt, plaintext, sealer.seal(header, plaintext, 0)))
    }
  }
  return { epochs: epochs.map(({ epoch, key, salt }) => ({ epoch, key: hex(key), salt: hex(salt) })), records }
}

function capability() {
  const fields = {
    session,
    participant: 1,
    publicKey: agent.publicKey,
    role: 1,
    permissions: [1, 2, 10],
    notBefore: NOW,
    expires: NOW + 15 * MINUTES,
    epoch: 4,
    serial: 7,
  }
  return {
    fields: { ...fields, session: hex(session), publicKey: hex(agent.publicKey) },
    form: hex(capabilityForm(fields)),
    signed: hex(signCapability(fields, customer)),
  }
}

async function credentials() {
  const request = { session, requestId: 3 }
  const seed = bytesFrom('credential seed', 32)
  const opener = await CredentialOpener.create(request, Uint8Array.from(seed))
  const key = signCredentialKey(request, opener.publicKey, customer)
  const [account, password] = ['DESK\\Administratör', 'not a real password']
  const plaintext = credentialForm({ account, password: Buffer.from(password) })
  const info = lv('RA1-credentials', session, 3)
  const ephemeral = bytesFrom('credential ephemeral', 32)
  const sealed = await sealTo(key.key, info, plaintext, Uint8Array.from(ephemeral))
  return {
    session: hex(session),
    requestId: 3,
    seed: hex(seed),
    key: hex(key.key),
    signature: hex(key.signature),
    info: hex(info),
    ephemeral: hex(ephemeral),
    account,
    password,
    credentials: hex(plaintext),
    sealed: hex(sealed),
  }
}

function audit() {
  const header = { session, participant: 2, key: customer.publicKey }
  const happened = [
    ['participant.joined', { participant: 1, role: 1, name: 'Ada', organisation: 'Größe & Co', key: hex(agent.publicKey) }],
    ['consent.decided', { participant: 1, permissions: '1,2,10' }],
    ['session.paused', {}],
    ['session.ended', { code: 102 }],
  ]
  let chain = beginAudit(header)
  const entries = []
  const lines = [headerLine(header)]
  for (const [i, [kind, details]] of happened.entries()) {
    const entry = auditEntry(NOW + 1_000 * i, kind, details)
    const previous = chain.head
    const { chain: next, message } = appendAudit(chain, entry, 0)
    chain = next
    const hash = entryHash(previous, message)
    entries.push({ index: i, at: NOW + 1_000 * i, kind, details, entry: hex(entry), hash: hex(hash) })
    lines.push(entryLine(message, previous, hash))
  }
  const signatures = [
    [customer, 2],
    [agent, 1],
  ].map(([key, participant]) => {
    const { sign } = signAudit(chain, key)
    lines.push(signatureLine(sign, participant))
    return { participant, index: sign.index, head: hex(sign.head), signature: hex(sign.signature) }
  })
  return {
    header: { session: hex(session), participant: 2, key: hex(customer.publicKey), hash: hex(headerHash(header)) },
    entries,
    signatures,
    file: lines.join(''),
  }
}

const keys = { customer: { seed: hex(customer.seed), publicKey: hex(customer.publicKey) }, agent: { seed: hex(agent.seed), publicKey: hex(agent.publicKey) } }
const vectors = { keys, pairwise: pairwise(), media: media(), capability: capability(), credentials: await credentials(), audit: audit() }
const folder = new URL('../../../docs/spec/vectors/', import.meta.url)
mkdirSync(folder, { recursive: true })
writeFileSync(new URL('record.json', folder), `${JSON.stringify(vectors, undefined, 2)}\n`)
