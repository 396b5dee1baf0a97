/**
 * Writes docs/spec/vectors/refused.json: handshakes, records, capabilities and audit logs of the worked examples, sound ones and such as have one thing wrong.
 * Bytes are in hex. `npm run vectors -w @remote-assist/secure`, after a build.
 */
import { createCipheriv, createHmac } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { lv } from '../dist/bytes.js'
import { commitmentTo } from '../dist/handshake/forms.js'
import { sessionKey, signCapability } from '../dist/index.js'
import { associatedData, nonceOf } from '../dist/records/form.js'
import { sign } from '../dist/signature.js'

const FOLDER = new URL('../../../docs/spec/vectors/', import.meta.url)
const { keys, pairwise, capability, audit } = JSON.parse(readFileSync(new URL('record.json', FOLDER), 'utf8'))
const [proven] = JSON.parse(readFileSync(new URL('handshake.json', FOLDER), 'utf8')).vectors

const NOTES = {
  Sound: { description: 'Nothing is wrong with it.' },
  Limits: { description: 'A field has not the bytes that it must have, or too many (RA-SEC-029).', reason: 'HANDSHAKE' },
  Turn: { description: 'A message is not due (RA-SEC-029).', reason: 'HANDSHAKE' },
  Point: { description: 'A share is no point, or the neutral one (RA-SEC-021).', reason: 'HANDSHAKE' },
  Reflected: { description: 'What this end said comes back (RA-SEC-022).', reason: 'HANDSHAKE' },
  Commitment: { description: 'The joiner’s share is not the one that it was bound to (RA-SEC-019).', reason: 'HANDSHAKE' },
  Claim: { description: 'A role that it cannot have, or another policy (RA-SEC-026, RA-SEC-027).', reason: 'HANDSHAKE' },
  Proof: { description: 'Who says it has not the key that it named (RA-SEC-071).', reason: 'HANDSHAKE' },
  Common: { description: 'No suite or no minor version in common (RA-SEC-023, RA-SEC-028).', reason: 'INCOMPATIBLE' },
  Secret: { description: 'It does not prove the secret (RA-SEC-030, RA-SEC-033).', reason: 'WRONG_SECRET' },
  Altered: { description: 'A bit is another, or bytes are missing or too many (RA-SEC-204).', reason: 'E_TAMPERED' },
  Elsewhere: { description: 'It was sealed for another frame: each field of the header is bound (RA-SEC-203).', reason: 'E_TAMPERED' },
  OtherKey: {
    description: 'It was sealed under another traffic secret, or under the key of another generation than it names (RA-SEC-211).',
    reason: 'E_TAMPERED',
  },
  Order: { description: 'Its counter is not the next one (RA-SEC-206).', reason: 'E_ORDER' },
  Generation: { description: 'Its generation is neither that of the last record nor the next one (RA-SEC-214).', reason: 'E_GENERATION' },
  Targets: { description: 'A record of a pairwise channel has one target (RA-RLY-005).', reason: 'E_FORMAT' },
  Signature: { description: 'The customer did not sign these bytes, or for another session (RA-SEC-233).', reason: 'E_SIGNATURE' },
  Form: { description: 'The customer signed what is no capability (RA-SEC-231).', reason: 'E_FORMAT' },
  Time: { description: 'It is not valid yet, or no longer (RA-SEC-233).', reason: 'E_EXPIRED' },
  Incomplete: { description: 'Nothing is wrong with what is there, and its end is missing.', reason: 'incomplete' },
  Log: { description: 'A line is not as it was written, or not in its place (RA-SEC-254, RA-SEC-258).', reason: 'faulty' },
  LogSignature: { description: 'A signature is not of this log by who it says (RA-SEC-255).', reason: 'faulty' },
}

const hex = bytes => Buffer.from(bytes).toString('hex')
const unhex = text => Buffer.from(text, 'hex')
const customer = sessionKey(unhex(keys.customer.seed))
const agent = sessionKey(unhex(keys.agent.seed))
const flipped = (text, bit) => {
  const bytes = unhex(text)
  const at = bit < 0 ? 8 * bytes.length + bit : bit
  bytes[at >> 3] ^= 0x80 >> (at & 7)
  return hex(bytes)
}

let tcId = 0
const vector = (comment, flag, fields) => {
  const { reason } = NOTES[flag]
  return { tcId: ++tcId, comment, flags: [flag], ...fields, result: reason === undefined ? 'valid' : 'invalid', ...(reason === undefined ? {} : { reason }) }
}

const expand = (secret, label, length) => createHmac('sha256', secret).update(label).update(Buffer.of(1)).digest().subarray(0, length)

/** A record as who has the secret can make it, whatever it names: of this generation, under the key of that one. */
function recordOf({ secret = unhex(pairwise.trafficSecret), header, generation = 0, sealedIn = generation, counter, text = 'forged' }) {
  let own = secret
  for (let step = 0; step < sealedIn; step++) own = expand(own, 'RA1-record-next', 32)
  const bound = associatedData(header, { generation, counter })
  const cipher = createCipheriv('aes-256-gcm', expand(own, 'RA1-record-key', 32), nonceOf(expand(own, 'RA1-record-salt', 12), counter)).setAAD(bound)
  return hex(Buffer.concat([bound.subarray(-12), cipher.update(text), cipher.final(), cipher.getAuthTag()]))
}

/** What an end of the worked example says in its share. */
const shareOf = side => {
  const { publicKey, credential, version, capabilities, role } = proven.inputs[side]
  return { share: proven.values[side].share, publicKey, credential, policyHash: proven.values.policyHash, version, capabilities, role }
}

/** The commitment to a share as it is said. */
const committed = ({ share, publicKey, policyHash, ...said }) =>
  hex(commitmentTo({ ...said, share: unhex(share), publicKey: unhex(publicKey), policyHash: unhex(policyHash) }))

/** What the `judge`, an end of the worked example with its inputs, receives from the other one; the last message decides. Byte fields are in hex. */
function handshakes() {
  const { inputs, values } = proven
  const start = { nonce: values.customer.nonce, passwordClass: inputs.passwordClass, suite: inputs.suite, secretId: inputs.secretId }
  const commit = { nonce: values.joiner.nonce, commitment: values.commitment }
  const confirms = { customer: { tag: values.customerTag, proof: values.customerProof }, joiner: { tag: values.joinerTag, proof: values.joinerProof } }
  const opens = { customer: { start }, joiner: { commit } }
  const other = { customer: 'joiner', joiner: 'customer' }
  const one = (from, comment, flag, ...received) => vector(`${from}: ${comment}`, flag, { judge: other[from], received })
  const bytes = length => '5a'.repeat(length)

  const opened = (from, comment, flag, change) =>
    one(from, comment, flag, ...Object.entries(opens[from]).map(([name, fields]) => ({ [name]: { ...fields, ...change } })))
  const shared = (from, comment, flag, change) => {
    const share = { ...shareOf(from), ...change }
    return one(from, comment, flag, from === 'joiner' ? { commit: { ...commit, commitment: committed(share) } } : opens[from], { share })
  }
  const confirmed = (from, comment, flag, change) =>
    one(from, comment, flag, opens[from], { share: shareOf(from) }, { confirm: { ...confirms[from], ...change } })
  const ofBoth = from => [
    confirmed(from, 'as it should be', 'Sound', {}),
    opened(from, 'a nonce of 31 bytes', 'Limits', { nonce: bytes(31) }),
    opened(from, 'a nonce of 33 bytes', 'Limits', { nonce: bytes(33) }),
    ...['share', 'publicKey', 'policyHash'].flatMap(field =>
      [31, 33].map(length => shared(from, `${field} of ${length} bytes`, 'Limits', { [field]: bytes(length) })),
    ),
    shared(from, 'a credential of 4,097 bytes', 'Limits', { credential: 'a'.repeat(4_097) }),
    shared(from, 'a feature of 65 bytes', 'Limits', { capabilities: ['a'.repeat(65)] }),
    shared(from, 'a feature without a name', 'Limits', { capabilities: [''] }),
    shared(from, 'features that descend', 'Limits', { capabilities: ['b', 'a'] }),
    shared(from, 'a feature twice', 'Limits', { capabilities: ['a', 'a'] }),
    shared(from, '65 features', 'Limits', { capabilities: Array.from({ length: 65 }, (_, i) => `feature ${String(i).padStart(2, '0')}`) }),
    shared(from, 'a range of versions that descends', 'Limits', { version: { minMinor: 2, maxMinor: 1 } }),
    shared(from, 'no minor version in common', 'Common', { version: { minMinor: 7, maxMinor: 9 } }),
    shared(from, 'a share that is no point', 'Point', { share: 'ff'.repeat(32) }),
    shared(from, 'a share that is negative', 'Point', { share: `01${'00'.repeat(31)}` }),
    shared(from, 'the neutral element', 'Point', { share: '00'.repeat(32) }),
    shared(from, 'the other end’s share', 'Reflected', { share: values[other[from]].share }),
    shared(from, 'the other end’s key', 'Reflected', { publicKey: inputs[other[from]].publicKey }),
    shared(from, 'the other end’s role', 'Claim', { role: inputs[other[from]].role }),
    shared(from, 'a viewer’s role', 'Claim', { role: 3 }),
    shared(from, 'another policy', 'Claim', { policyHash: bytes(32) }),
    one(from, 'a tag before the share', 'Turn', opens[from], { confirm: confirms[from] }),
    one(from, 'a share twice', 'Turn', opens[from], { share: shareOf(from) }, { share: shareOf(from) }),
    confirmed(from, 'a tag that is cut off', 'Secret', { tag: confirms[from].tag.slice(2) }),
    confirmed(from, 'a tag with another bit', 'Secret', { tag: flipped(confirms[from].tag, 0) }),
    confirmed(from, 'the other end’s tag', 'Secret', { tag: confirms[other[from]].tag }),
    confirmed(from, 'a wrong tag and a wrong proof', 'Secret', { tag: flipped(confirms[from].tag, 0), proof: flipped(confirms[from].proof, 0) }),
    confirmed(from, 'a proof with another bit', 'Proof', { proof: flipped(confirms[from].proof, 9) }),
    confirmed(from, 'the other end’s proof', 'Proof', { proof: confirms[other[from]].proof }),
    confirmed(from, 'no proof', 'Limits', { proof: '' }),
    confirmed(from, 'a proof of 63 bytes', 'Limits', { proof: confirms[from].proof.slice(2) }),
    confirmed(from, 'a proof of 65 bytes', 'Limits', { proof: `${confirms[from].proof}00` }),
  ]
  return [
    ...ofBoth('customer'),
    ...ofBoth('joiner'),
    opened('customer', 'another suite', 'Common', { suite: 'CPACE-X25519-SHA512' }),
    opened('customer', 'an id for a PIN', 'Limits', { secretId: bytes(16) }),
    opened('customer', 'an invitation that nobody made', 'Secret', { passwordClass: 3, secretId: bytes(16) }),
    opened('customer', 'an invitation without an id', 'Limits', { passwordClass: 3 }),
    one('joiner', 'a share first', 'Turn', { share: shareOf('joiner') }),
    opened('joiner', 'a commitment of 31 bytes', 'Limits', { commitment: bytes(31) }),
    opened('joiner', 'the customer’s nonce', 'Reflected', { nonce: values.customer.nonce }),
    one('joiner', 'a commitment to something else', 'Commitment', { commit: { ...commit, commitment: bytes(32) } }, { share: shareOf('joiner') }),
    one('joiner', 'another credential than was committed to', 'Commitment', { commit }, { share: { ...shareOf('joiner'), credential: '' } }),
  ]
}

/** What comes first, or `behind` the first record of the group. */
function records() {
  const [first, second] = pairwise.records
  const { header, record } = first
  const next = second.header
  const one = (comment, flag, changes) => vector(comment, flag, { behind: false, header, record, ...changes })
  const behind = (comment, flag, record) => vector(comment, flag, { behind: true, header: next, record })
  return [
    one('the first record', 'Sound', {}),
    behind('the second record', 'Sound', second.record),
    behind('the first one of the next generation', 'Sound', recordOf({ header: next, generation: 1, counter: 2 })),
    ...[
      ['the generation', 31],
      ['the counter', 95],
      ['the ciphertext', 96],
      ['the last byte of the ciphertext', -129],
      ['the tag', -1],
    ].map(([what, bit]) => one(`one bit of ${what}`, what === 'the counter' ? 'Order' : 'Altered', { record: flipped(record, bit) })),
    one('its last byte is missing', 'Altered', { record: record.slice(0, -2) }),
    one('a byte more', 'Altered', { record: `${record}00` }),
    one('its tag is missing', 'Altered', { record: record.slice(0, -32) }),
    one('fewer bytes than a record has', 'Altered', { record: record.slice(0, 2 * 27) }),
    one('nothing', 'Altered', { record: '' }),
    ...[
      ['channel', 7],
      ['source', 3],
      ['targets', [3]],
      ['sequence', 8],
      ['sequence', 4_294_967_303],
    ].map(([field, value]) => one(`another ${field}: ${value}`, 'Elsewhere', { header: { ...header, [field]: value } })),
    one('two targets', 'Targets', { header: { ...header, targets: [2, 3] } }),
    one('no target', 'Targets', { header: { ...header, targets: [] } }),
    one('of the other direction', 'OtherKey', { record: recordOf({ header, counter: 1, secret: unhex(pairwise.generations[0].key) }) }),
    one('it names generation 1, and is sealed in 0', 'OtherKey', { record: recordOf({ header, counter: 1, generation: 1, sealedIn: 0 }) }),
    one('it names generation 0, and is sealed in 1', 'OtherKey', { record: recordOf({ header, counter: 1, generation: 0, sealedIn: 1 }) }),
    one('counter 0', 'Order', { record: recordOf({ header, counter: 0 }) }),
    one('counter 2 comes first', 'Order', { record: recordOf({ header, counter: 2 }) }),
    behind('the first one again', 'Order', record),
    behind('counter 1 again', 'Order', recordOf({ header: next, counter: 1 })),
    behind('counter 3 behind 1', 'Order', recordOf({ header: next, counter: 3 })),
    behind('counter 1 of the next generation', 'Order', recordOf({ header: next, counter: 1, generation: 1 })),
    one('a generation is left out', 'Generation', { record: recordOf({ header, counter: 1, generation: 2 }) }),
    one('the last generation that there is', 'Generation', { record: recordOf({ header, counter: 1, generation: 4_294_967_295, sealedIn: 0 }) }),
  ]
}

/** Each is judged in the session of the group, by the key of its customer, `now`. */
function capabilities() {
  const fields = { ...capability.fields, session: unhex(capability.fields.session), publicKey: unhex(capability.fields.publicKey) }
  const { session, participant, publicKey, role, permissions, notBefore, expires, epoch, serial } = fields
  const parts = ['RA1-capability', session, participant, publicKey, role, lv(...permissions), notBefore, expires, epoch, serial]
  const { signed } = capability
  const now = notBefore
  const one = (comment, flag, signed, at = now) => vector(comment, flag, { now: at, signed })
  const bySigner = form => hex(Buffer.concat([form, sign(customer, form)]))
  const changed = (place, value) => bySigner(lv(...parts.with(place, value)))
  const sound = changes => hex(signCapability({ ...fields, ...changes }, customer))
  return [
    one('the customer’s', 'Sound', signed),
    one('in the last millisecond of its life', 'Sound', signed, expires - 1),
    one('without permissions', 'Sound', sound({ permissions: [] })),
    one('32 permissions', 'Sound', sound({ permissions: Array.from({ length: 32 }, (_, i) => i + 1) })),
    one('by the agent', 'Signature', hex(signCapability(fields, agent))),
    one('of another session', 'Signature', sound({ session: Buffer.alloc(16, 1) })),
    ...[0, 200, -513, -512, -1].map(bit => one(`one bit is another: ${bit}`, 'Signature', flipped(signed, bit))),
    one('its last byte is missing', 'Signature', signed.slice(0, -2)),
    one('a byte more', 'Signature', `${signed}00`),
    one('without its signature', 'Signature', signed.slice(0, -128)),
    one('nothing', 'Signature', ''),
    one('another label', 'Form', changed(0, 'RA1-audit-sign')),
    one('a session of 15 bytes', 'Form', changed(1, session.subarray(1))),
    one('participant 0', 'Form', changed(2, 0)),
    one('participant 65,536', 'Form', changed(2, 65_536)),
    one('a number with a zero in front', 'Form', changed(2, '01')),
    one('a number with a sign', 'Form', changed(2, '+1')),
    one('a number that is empty', 'Form', changed(2, '')),
    one('a key of 31 bytes', 'Form', changed(3, publicKey.subarray(1))),
    one('no role', 'Form', changed(4, 0)),
    one('permissions that descend', 'Form', changed(5, lv(2, 1))),
    one('a permission twice', 'Form', changed(5, lv(2, 2))),
    one('permission 0', 'Form', changed(5, lv(0, 1))),
    one('33 permissions', 'Form', changed(5, lv(...Array.from({ length: 33 }, (_, i) => i + 1)))),
    one('permissions that are no list', 'Form', changed(5, '1,2')),
    one('it ends when it begins', 'Form', changed(7, notBefore)),
    one('it lives a millisecond too long', 'Form', changed(7, notBefore + 900_001)),
    one('epoch 4,294,967,296', 'Form', changed(8, 4_294_967_296)),
    one('serial 0', 'Form', changed(9, 0)),
    one('a field is missing', 'Form', bySigner(lv(...parts.slice(0, -1)))),
    one('a field more', 'Form', bySigner(lv(...parts, 1))),
    one('a length that reaches beyond the end', 'Form', bySigner(Buffer.concat([lv(...parts), Buffer.of(0, 0, 0, 9)]))),
    one('a millisecond early', 'Time', signed, notBefore - 1),
    one('when it ends', 'Time', signed, expires),
  ]
}

/** Whole files. */
function logs() {
  const lines = audit.file.trimEnd().split('\n')
  const [head, first, second, third, last, byCustomer, byAgent] = lines
  const one = (comment, flag, ...file) => vector(comment, flag, { file: `${file.join('\n')}\n` })
  const instead = (line, from, to) => {
    if (!line.includes(from)) throw new Error(`${from} does not stand in ${line}`)
    return line.replace(from, to)
  }
  return [
    one('as it was written', 'Sound', ...lines),
    one('the agent’s signature before the customer’s', 'Sound', head, first, second, third, last, byAgent, byCustomer),
    one('without signatures', 'Incomplete', head, first, second, third, last),
    one('without the agent’s signature', 'Incomplete', head, first, second, third, last, byCustomer),
    one('without entries', 'Incomplete', head),
    one('it breaks off behind an entry', 'Incomplete', head, first, second),
    one('nothing', 'Log'),
    one('another format', 'Log', instead(head, 'audit/1', 'audit/2'), ...lines.slice(1)),
    one('another session', 'Log', instead(head, '6a97', '6a98'), ...lines.slice(1)),
    one('of another customer', 'LogSignature', instead(head, keys.customer.publicKey, keys.agent.publicKey), ...lines.slice(1)),
    one('a permission more', 'Log', head, first, instead(second, '1,2,10', '1,2,3,10'), ...lines.slice(3)),
    one('another time', 'Log', head, instead(first, '"at":1790000000000', '"at":1790000000001'), ...lines.slice(2)),
    one('another kind', 'Log', head, first, second, instead(third, 'session.paused', 'session.unpaused'), ...lines.slice(4)),
    one('another hash', 'Log', head, instead(first, '"hash":"db', '"hash":"dc'), ...lines.slice(2)),
    one('another number', 'Log', head, instead(first, '"index":0', '"index":1'), ...lines.slice(2)),
    one('a blank between', 'Log', head, instead(first, '"index":0,', '"index":0, '), ...lines.slice(2)),
    one('an entry was dropped', 'Log', head, first, third, ...lines.slice(4)),
    one('the first entry was dropped', 'Log', head, ...lines.slice(2)),
    one('the last entry was dropped', 'LogSignature', head, first, second, third, byCustomer, byAgent),
    one('two entries are the other way round', 'Log', head, first, third, second, last, byCustomer, byAgent),
    one('an entry stands twice', 'Log', head, first, second, second, ...lines.slice(3)),
    one('a second log behind it', 'Log', ...lines, ...lines),
    one('a line that is none', 'Log', head, first, '{}', ...lines.slice(2)),
    one('a signature with another bit', 'LogSignature', head, first, second, third, last, instead(byCustomer, '"7baf', '"7bae'), byAgent),
    one('the agent’s signature as the customer’s', 'LogSignature', head, first, second, third, last, instead(byAgent, '"participant":1', '"participant":2')),
    one(
      'a signature by nobody who was there',
      'LogSignature',
      head,
      first,
      second,
      third,
      last,
      byCustomer,
      instead(byAgent, '"participant":1', '"participant":9'),
    ),
    one('a signature of another head', 'LogSignature', head, first, second, third, last, instead(byCustomer, '"568c', '"568d'), byAgent),
    vector('its last line is cut off', 'Log', { file: audit.file.slice(0, -20) }),
  ]
}

const [{ header, record }] = pairwise.records
const groups = [
  { type: 'handshake', about: { example: proven.name }, tests: handshakes() },
  { type: 'record', about: { trafficSecret: pairwise.trafficSecret, first: { header, record } }, tests: records() },
  { type: 'capability', about: { session: capability.fields.session, customerKey: keys.customer.publicKey }, tests: capabilities() },
  { type: 'audit log', about: { customerKey: keys.customer.publicKey }, tests: logs() },
]
const notes = Object.entries(NOTES).map(([flag, note]) => `${JSON.stringify(flag)}:${JSON.stringify(note)}`)
const written = groups.map(
  ({ type, about, tests }) =>
    `{"type":${JSON.stringify(type)},"about":${JSON.stringify(about)},"tests":[\n${tests.map(one => JSON.stringify(one)).join(',\n')}\n]}`,
)
writeFileSync(
  new URL('refused.json', FOLDER),
  `{"source":"libs/secure/scripts/refusal-vectors.mjs",\n"numberOfTests":${tcId},\n"notes":{\n${notes.join(',\n')}\n},\n"testGroups":[\n${written.join(',\n')}\n]}\n`,
)
console.log(
  `${tcId} vectors of handshakes, records, capabilities and audit logs, ${groups.flatMap(({ tests }) => tests).filter(({ result }) => result === 'invalid').length} of them invalid`,
)
