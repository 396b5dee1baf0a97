/**
 * Writes docs/spec/vectors/handshake.json: two handshakes with every input, intermediate value and output, for implementers to compare theirs with.
 * Bytes are in hex, strings in UTF-8, scalars little-endian. `npm run vectors -w @remote-assist/secure`, after a build.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { calculateGenerator, confirmationTags, intermediateKey, scalarMultVfy } from '../dist/cpace.js'
import { draw } from '../dist/handshake/agreement.js'
import { beginCustomer, stepCustomer } from '../dist/handshake/customer.js'
import { associatedData, channelIdentifier, transcriptOf } from '../dist/handshake/forms.js'
import { beginJoiner, stepJoiner } from '../dist/handshake/joiner.js'
import { CHANNELS_OF, inviteSecret, makePin, PASSWORD_CLASS, pinSecret, policyHash, ROLE, sessionKey } from '../dist/index.js'
import { deriveAll, exchangeId, pseudorandomKey } from '../dist/schedule.js'

const hex = bytes => Buffer.from(bytes).toString('hex')
const sha256 = bytes => createHash('sha256').update(bytes).digest()
/** Bytes that look random and that anybody can make again: SHA-256 of a name and a counter, one after another. */
const bytesFrom = (name, length) => Buffer.concat(Array.from({ length: Math.ceil(length / 32) }, (_, i) => sha256(`${name} ${i}`))).subarray(0, length)

const POLICY = {
  maxFileBytes: 1_073_741_824n,
  maxSessionBytes: 0n,
  maxTransferEntries: 100_000,
  permissionsCeiling: [1, 2, 3, 4],
  consentTimeoutMs: 60_000,
  maxParticipants: 32,
  idleTimeoutMs: 900_000,
  maxSessionDurationMs: 0,
  requireWordsBeforeElevation: true,
  passwordClasses: [1, 2],
  pictureCodecs: [],
  maxElevationMs: 900_000,
}

const CASES = [
  {
    name: 'an agent proves a PIN',
    context: { sessionId: bytesFrom('session', 16), customer: 2, joiner: 1, joinerRole: ROLE.AGENT },
    secret: pinSecret(makePin('4821', '973015')),
    customer: { credential: '', version: { minMinor: 0, maxMinor: 1 }, capabilities: ['clipboard-images', 'video-av1'] },
    joiner: { credential: 'eyJhbGciOiJFZERTQSJ9.eyJvcmciOiJFeGFtcGxlIn0.c2lnbmF0dXJl', version: { minMinor: 0, maxMinor: 3 }, capabilities: ['video-av1'] },
    policy: POLICY,
  },
  {
    name: 'a viewer proves an invitation, and no policy was given',
    context: { sessionId: bytesFrom('session', 16), customer: 2, joiner: 5, joinerRole: ROLE.VIEWER },
    secret: inviteSecret({ inviteId: bytesFrom('invite id', 16), secret: bytesFrom('invite secret', 32) }),
    customer: { credential: '', version: { minMinor: 0, maxMinor: 0 }, capabilities: [] },
    joiner: { credential: '', version: { minMinor: 0, maxMinor: 0 }, capabilities: ['überblick'] },
    policy: undefined,
  },
]

function vectorOf({ name, context, secret, customer, joiner, policy }) {
  const keyOf = side => sessionKey(bytesFrom(`${name}, ${side}'s key`, 32))
  const self = (side, said) => ({ ...said, key: keyOf(side), policyHash: policyHash(policy) })
  const random = { customer: bytesFrom(`${name}, customer`, 96), joiner: bytesFrom(`${name}, joiner`, 96) }
  const accepts = Object.values(PASSWORD_CLASS)
  const started = beginCustomer({ context, self: self('customer', customer), secret, attemptsLeft: 3 }, random.customer)
  const sent = ({ output }) => output.find(({ type }) => type === 'send').message
  const start = sent(started).value
  const committed = stepJoiner(beginJoiner({ context, self: self('joiner', joiner), accepts }).state, {
    type: 'start',
    start,
    random: random.joiner,
    secrets: [secret],
    attemptsLeft: 3,
  })
  const shared = stepCustomer(started.state, { type: 'received', message: sent(committed) })
  const revealed = stepJoiner(committed.state, { type: 'received', message: sent(shared) })
  const exchange = { context, start, commit: sent(committed).value, customer: sent(shared).value, joiner: sent(revealed).value }

  const drawn = { customer: draw(random.customer), joiner: draw(random.joiner) }
  const said = Object.fromEntries(['customer', 'joiner'].map(side => [side, { share: exchange[side].share, associatedData: associatedData(exchange[side]) }]))
  const sid = exchangeId(context.sessionId, drawn.customer.nonce, drawn.joiner.nonce)
  const channel = channelIdentifier(context, start)
  const point = scalarMultVfy(drawn.customer.scalar, said.joiner.share)
  const isk = intermediateKey(sid, point, said.customer, said.joiner)
  const tags = confirmationTags(sid, isk, said.customer, said.joiner)
  const transcript = transcriptOf(exchange)
  const prk = pseudorandomKey(sha256(transcript), isk)
  const confirmed = stepCustomer(shared.state, { type: 'received', message: sent(revealed) })
  const answered = stepJoiner(revealed.state, { type: 'received', message: sent(confirmed) })
  const { channels, words, resume, audit } = deriveAll(prk, CHANNELS_OF[context.joinerRole])
  const end = side => ({
    random: hex(random[side]),
    seed: hex(keyOf(side).seed),
    publicKey: hex(exchange[side].publicKey),
    credential: exchange[side].credential,
    version: exchange[side].version,
    capabilities: exchange[side].capabilities,
    role: exchange[side].role,
  })
  const derivedOf = side => ({
    nonce: hex(drawn[side].nonce),
    scalar: hex(drawn[side].scalar),
    share: hex(said[side].share),
    associatedData: hex(said[side].associatedData),
  })
  return {
    name,
    inputs: {
      sessionId: hex(context.sessionId),
      customerNumber: context.customer,
      joinerNumber: context.joiner,
      passwordClass: start.passwordClass,
      suite: start.suite,
      secretId: hex(start.secretId),
      password: hex(secret.password),
      policy: policy === undefined ? null : { ...policy, maxFileBytes: Number(policy.maxFileBytes), maxSessionBytes: Number(policy.maxSessionBytes) },
      customer: end('customer'),
      joiner: end('joiner'),
    },
    values: {
      policyHash: hex(policyHash(policy)),
      sid: hex(sid),
      channelIdentifier: hex(channel),
      generator: hex(calculateGenerator(secret.password, channel, sid).toBytes()),
      customer: derivedOf('customer'),
      joiner: derivedOf('joiner'),
      commitment: hex(exchange.commit.commitment),
      point: hex(point),
      isk: hex(isk),
      customerTag: hex(tags.initiator),
      joinerTag: hex(tags.responder),
      transcript: hex(transcript),
      prk: hex(prk),
      customerProof: hex(sent(confirmed).value.proof),
      joinerProof: hex(sent(answered).value.proof),
    },
    outputs: {
      traffic: channels.map(({ channel: number, fromCustomer, fromJoiner }) => ({
        channel: number,
        fromCustomer: hex(fromCustomer),
        fromJoiner: hex(fromJoiner),
      })),
      words,
      resume: { secret: hex(resume.secret), name: hex(resume.name) },
      audit: hex(audit),
      minor: Math.min(customer.version.maxMinor, joiner.version.maxMinor),
    },
  }
}

const folder = new URL('../../../docs/spec/vectors/', import.meta.url)
mkdirSync(folder, { recursive: true })
writeFileSync(
  new URL('handshake.json', folder),
  `${JSON.stringify({ source: 'libs/secure/scripts/handshake-vectors.mjs', vectors: CASES.map(vectorOf) }, undefined, 2)}\n`,
)
