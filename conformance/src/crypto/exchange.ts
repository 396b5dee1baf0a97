import { randomBytes } from 'node:crypto'
import type { Fields } from '../play/player.js'
import { enumOf, enumValue } from '../wire/schema.js'
import { same, sha256 } from './bytes.js'
import { agree, generatorOf, multiply, type Said, scalarOf, sessionKey, tagOf } from './cpace.js'
import {
  associatedData,
  channelIdentifier,
  commitmentOf,
  type Secret,
  type Secrets,
  type SelfDescription,
  SUITE,
  secretsOf,
  sidOf,
  transcriptOf,
} from './forms.js'
import type { SessionKey } from './keys.js'
import { isProven, type ProofTwist, proofOf } from './proof.js'

/** One run of the handshake, at either end: takes the counterpart's messages and says what to answer. Strict: it ends at the first thing that is not as it has to be. */

/** What an end brings to an exchange. */
export interface ExchangeSide {
  readonly sessionId: Uint8Array
  readonly customer: number
  readonly joiner: number
  readonly joinerRole: 'AGENT' | 'VIEWER'
  /** What it names, and proves that it has. */
  readonly key: SessionKey
  readonly self: Omit<SelfDescription, 'role' | 'publicKey'>
  /** Fields of its own messages that differ from what is right, for cases that break the rules. What is said in `share` is bound as it is said. */
  readonly twist?: Twist
  /** Random bytes; a vector has its own. */
  readonly random?: (length: number) => Uint8Array
}

export interface Twist {
  readonly start?: Fields
  readonly commit?: Fields
  readonly share?: Fields
  readonly confirm?: Fields
  readonly proof?: ProofTwist
}

/** What an exchange gave. */
export interface Established {
  readonly secrets: Secrets
  readonly counterpart: SelfDescription
  readonly minor: number
  readonly secret: Secret
}

/** What follows of a message: answers to send, in order; how it ended, if it did. */
export interface Outcome {
  readonly say: readonly Fields[]
  readonly established?: Established
  /** Close code; `heard`: the counterpart said so. */
  readonly failed?: { readonly code: number; readonly reason: string; readonly heard: boolean }
}

const NONE = new Uint8Array(0)
const WRONG_SECRET = 600
const HANDSHAKE = 602
const INCOMPATIBLE = 206
const known = [206, 407, 600, 602, 603]

class Failure extends Error {
  constructor(
    readonly code: number,
    reason: string,
  ) {
    super(reason)
  }
}

const fail = (reason: string, code = HANDSHAKE): never => {
  throw new Failure(code, reason)
}

/** What both sides do alike. */
abstract class Exchange {
  protected readonly random: (length: number) => Uint8Array
  protected nonce: Uint8Array
  protected readonly scalar: bigint
  protected due: string
  protected over = false
  /** The role that it says to have. */
  #role = 0

  constructor(
    protected readonly side: ExchangeSide,
    due: string,
  ) {
    this.random = side.random ?? (length => new Uint8Array(randomBytes(length)))
    this.nonce = this.random(32)
    this.scalar = scalarOf(this.random(64))
    this.due = due
  }

  /** It gave keys, or failed. */
  get isOver(): boolean {
    return this.over
  }

  /** Takes the counterpart's next message: `share` and its fields. */
  receive(name: string, fields: Fields): Outcome {
    if (this.over) return { say: [] }
    if (name === 'failure') return this.#end(failureHeard(fields))
    try {
      if (name !== this.due) fail(`${name || 'an empty message'} came where ${this.due || 'nothing'} was due`)
      const outcome = this.step(name, fields)
      this.over = outcome.established !== undefined
      return outcome
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      const failed = { code: error.code, reason: error.message, heard: false }
      return this.#end({ say: [{ failure: { code: error.code, attemptsLeft: 0 } }], failed })
    }
  }

  protected abstract step(name: string, fields: Fields): Outcome

  #end(outcome: Outcome): Outcome {
    this.over = true
    return outcome
  }

  /** What this end says in its share, after its twist, and the same as the counterpart reads it. */
  protected speak(role: number, point: Uint8Array): { readonly message: Fields; readonly said: Said; readonly self: SelfDescription } {
    const { self, twist } = this.side
    const message = {
      share: point,
      publicKey: this.side.key.publicKey,
      credential: self.credential,
      policyHash: self.policyHash,
      version: { minMinor: self.minMinor, maxMinor: self.maxMinor },
      capabilities: self.capabilities,
      role,
      ...twist?.share,
    }
    const described = describe(message)
    this.#role = described.role
    return { message, said: { share: message.share, data: associatedData(described) }, self: described }
  }

  /** What the counterpart said, checked against what it has to be. */
  protected listen(fields: Fields, role: number): { readonly said: Said; readonly self: SelfDescription } {
    const self = describe(fields)
    if (self.role !== role) fail('the counterpart names another role than it has')
    if (!same(self.policyHash, this.side.self.policyHash)) fail('the policy hash is another')
    if (same(self.publicKey, this.side.key.publicKey)) fail('the own public key came back')
    return { said: { share: fields.share as Uint8Array, data: associatedData(self) }, self }
  }

  protected minor(counterpart: SelfDescription): number {
    const highest = Math.min(this.side.self.maxMinor, counterpart.maxMinor)
    if (highest < Math.max(this.side.self.minMinor, counterpart.minMinor)) fail('no minor version in common', INCOMPATIBLE)
    return highest
  }

  /** The key of shares, and all that is derived of it. */
  protected derive(parts: Parts): Derived {
    const isk = sessionKey(parts.sid, parts.point, parts.customer, parts.joiner)
    const transcript = transcriptOf({ sessionId: this.side.sessionId, ...parts })
    return { isk, transcriptHash: sha256(transcript), secrets: secretsOf(transcript, isk) }
  }

  /** Proves the secret, and the key that this end named, after its twist. */
  protected prove(tag: Uint8Array, transcriptHash: Uint8Array): Fields {
    const { key, twist } = this.side
    return { confirm: { tag, proof: proofOf(key, this.#role, transcriptHash, twist?.proof), ...twist?.confirm } }
  }

  /** The counterpart's proofs, of which the tag is looked at first. */
  protected check({ tag, proof }: Fields, expected: Expected): Established {
    if (!same(tag as Uint8Array, expected.tag)) fail('the tag is wrong', WRONG_SECRET)
    const { established, transcriptHash } = expected
    if (!isProven(established.counterpart, transcriptHash, proof as Uint8Array)) fail('the proof is not of the key that the counterpart named')
    return established
  }
}

interface Derived {
  readonly isk: Uint8Array
  readonly transcriptHash: Uint8Array
  readonly secrets: Secrets
}

/** What the counterpart has to prove, and what comes of it. */
interface Expected {
  readonly tag: Uint8Array
  readonly transcriptHash: Uint8Array
  readonly established: Established
}

interface Parts {
  readonly sid: Uint8Array
  readonly point: Uint8Array
  readonly channel: Uint8Array
  readonly customerNonce: Uint8Array
  readonly joinerNonce: Uint8Array
  readonly commitment: Uint8Array
  readonly customer: Said
  readonly joiner: Said
}

function failureHeard(fields: Fields): Outcome {
  const code = typeof fields.code === 'string' ? enumValue(enumOf('CloseCode'), fields.code) : Number(fields.code)
  return { say: [], failed: { code: known.includes(code) ? code : HANDSHAKE, reason: `the counterpart ended it with ${String(fields.code)}`, heard: true } }
}

function describe(share: Fields): SelfDescription {
  const version = (share.version ?? {}) as { minMinor?: number; maxMinor?: number }
  return {
    role: typeof share.role === 'string' ? enumValue(enumOf('Role'), share.role) : Number(share.role),
    publicKey: share.publicKey as Uint8Array,
    credential: String(share.credential ?? ''),
    policyHash: share.policyHash as Uint8Array,
    minMinor: version.minMinor ?? 0,
    maxMinor: version.maxMinor ?? 0,
    capabilities: (share.capabilities ?? []) as string[],
  }
}

const roleNumber = (role: string): number => enumValue(enumOf('Role'), role)

/** The customer's side: begins. */
export class CustomerExchange extends Exchange {
  readonly #secret: Secret
  #state: (Omit<Parts, 'joiner' | 'point'> & { readonly generator: Uint8Array }) | undefined
  #expected: Expected | undefined

  constructor(side: ExchangeSide, secret: Secret) {
    super(side, 'commit')
    this.#secret = secret
  }

  /** The first message. */
  start(): Fields {
    const { passwordClass, secretId } = this.#secret
    const start: Fields = { nonce: this.nonce, passwordClass, suite: SUITE, secretId, ...this.side.twist?.start }
    this.nonce = start.nonce as Uint8Array
    return { start }
  }

  protected override step(name: string, fields: Fields): Outcome {
    if (name === 'commit') return this.#commit(fields)
    return name === 'share' ? this.#share(fields) : this.#confirm(fields)
  }

  #commit(fields: Fields): Outcome {
    const joinerNonce = fields.nonce as Uint8Array
    if (same(joinerNonce, this.nonce)) fail('the own nonce came back')
    const { passwordClass, secretId, password } = this.#secret
    const { customer, joiner, joinerRole } = this.side
    const klass = enumValue(enumOf('PasswordClass'), passwordClass)
    const channel = channelIdentifier({ suite: SUITE, passwordClass: klass, secretId, customer, joinerRole: roleNumber(joinerRole), joiner })
    const sid = sidOf(this.side.sessionId, this.nonce, joinerNonce)
    const generator = generatorOf(password, channel, sid)
    const own = this.speak(roleNumber('CUSTOMER'), multiply(generator, this.scalar))
    this.#state = { sid, channel, generator, customerNonce: this.nonce, joinerNonce, commitment: fields.commitment as Uint8Array, customer: own.said }
    this.due = 'share'
    return { say: [{ share: own.message }] }
  }

  #share(fields: Fields): Outcome {
    const state = this.#state ?? fail('no commitment')
    const joiner = this.listen(fields, roleNumber(this.side.joinerRole))
    if (!same(commitmentOf(joiner.said.share, joiner.said.data), state.commitment)) fail('the share is not the one of the commitment')
    if (same(joiner.said.share, state.customer.share)) fail('the own share came back')
    const point = agree(joiner.said.share, this.scalar) ?? fail('the share is no point')
    const minor = this.minor(joiner.self)
    const { isk, transcriptHash, secrets } = this.derive({ ...state, point, joiner: joiner.said })
    const established = { secrets, counterpart: joiner.self, minor, secret: this.#secret }
    this.#expected = { tag: tagOf(state.sid, isk, joiner.said), transcriptHash, established }
    this.due = 'confirm'
    return { say: [this.prove(tagOf(state.sid, isk, state.customer), transcriptHash)] }
  }

  #confirm(fields: Fields): Outcome {
    return { say: [], established: this.check(fields, this.#expected ?? fail('no share')) }
  }
}

/** The joiner's side: answers a `HandshakeStart`. */
export class JoinerExchange extends Exchange {
  readonly #secretFor: (passwordClass: string, secretId: Uint8Array) => Secret | undefined
  #secret: Secret | undefined
  #state: (Pick<Parts, 'sid' | 'channel' | 'customerNonce' | 'joinerNonce' | 'commitment' | 'joiner'> & { readonly message: Fields }) | undefined
  #expected: Expected | undefined
  #own: Fields = {}

  constructor(side: ExchangeSide, secretFor: (passwordClass: string, secretId: Uint8Array) => Secret | undefined) {
    super(side, 'start')
    this.#secretFor = secretFor
  }

  protected override step(name: string, fields: Fields): Outcome {
    if (name === 'start') return this.#start(fields)
    return name === 'share' ? this.#share(fields) : this.#confirm(fields)
  }

  #start(fields: Fields): Outcome {
    const { customer, joiner, joinerRole } = this.side
    if (fields.suite !== SUITE) fail('the suite is another', INCOMPATIBLE)
    const classes = enumOf('PasswordClass')
    const passwordClass = String(fields.passwordClass)
    const secretId = (fields.secretId ?? NONE) as Uint8Array
    const secret = this.#secretFor(passwordClass, secretId) ?? fail('there is no such secret', WRONG_SECRET)
    const customerNonce = fields.nonce as Uint8Array
    this.nonce = (this.side.twist?.commit?.nonce as Uint8Array | undefined) ?? this.nonce
    const role = roleNumber(joinerRole)
    const channel = channelIdentifier({ suite: SUITE, passwordClass: enumValue(classes, passwordClass), secretId, customer, joinerRole: role, joiner })
    const sid = sidOf(this.side.sessionId, customerNonce, this.nonce)
    const { message, said } = this.speak(role, multiply(generatorOf(secret.password, channel, sid), this.scalar))
    const commit = { nonce: this.nonce, commitment: commitmentOf(said.share, said.data), ...this.side.twist?.commit }
    this.#secret = secret
    this.#state = { sid, channel, customerNonce, joinerNonce: this.nonce, commitment: commit.commitment, joiner: said, message }
    this.due = 'share'
    return { say: [{ commit }] }
  }

  #share(fields: Fields): Outcome {
    const state = this.#state ?? fail('no start')
    const customer = this.listen(fields, roleNumber('CUSTOMER'))
    if (same(customer.said.share, state.joiner.share)) fail('the own share came back')
    const point = agree(customer.said.share, this.scalar) ?? fail('the share is no point')
    const minor = this.minor(customer.self)
    const { isk, transcriptHash, secrets } = this.derive({ ...state, point, customer: customer.said })
    const established = { secrets, counterpart: customer.self, minor, secret: this.#secret ?? fail('no secret') }
    this.#expected = { tag: tagOf(state.sid, isk, customer.said), transcriptHash, established }
    this.#own = this.prove(tagOf(state.sid, isk, state.joiner), transcriptHash)
    this.due = 'confirm'
    return { say: [{ share: state.message }] }
  }

  #confirm(fields: Fields): Outcome {
    const established = this.check(fields, this.#expected ?? fail('no share'))
    return { say: [this.#own], established }
  }
}
