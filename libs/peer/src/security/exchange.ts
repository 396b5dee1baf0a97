/** The handshake's pure machines, driven: one exchange with one counterpart. */
import { CloseCode, type HandshakeMessage, Role } from '@remote-assist/codec'
import { effectivePolicy } from '@remote-assist/core'
import {
  beginCustomer,
  beginJoiner,
  type Context,
  type CustomerState,
  HANDSHAKE_RANDOM_BYTES,
  type HandshakeStep,
  type JoinerRole,
  type JoinerState,
  PASSWORD_CLASS,
  policyHash,
  type ResumeSecret,
  resumeSecret,
  type Secret,
  type Secured,
  type Self,
  type SessionKey,
  secretNamed,
  stepCustomer,
  stepJoiner,
  wipeLeft,
} from '@remote-assist/secure'
import type { Random } from '../random.js'
import type { Turn } from './code-desk.js'
import type { Secrets } from './secrets.js'
import type { Counterpart, ExchangeEvents, PeerSecurity, Soon } from './security.js'

/** What an exchange needs. */
export interface ExchangeParts {
  readonly counterpart: Counterpart
  readonly secrets: Secrets
  readonly random: Random
  /** This end's session key. */
  readonly key: SessionKey
  /** Who this joiner's organisation says it is; empty = it has none. */
  credential(): Soon<string>
  /** What was kept for this counterpart's return, the newest first. */
  kept(): readonly ResumeSecret[]
  readonly events: ExchangeEvents
  /** The keys are there. */
  secured(secured: Secured): void
}

type Kind = NonNullable<HandshakeMessage['kind']>

/** What both sides have in common: the machine's outputs, and a PIN's turn. */
abstract class Exchange<S extends CustomerState | JoinerState> implements PeerSecurity {
  protected state: S | undefined
  protected turn: Turn | undefined
  protected over = false
  /** What is to be proven is that somebody comes back. */
  protected returning = false
  #secured = false

  constructor(readonly parts: ExchangeParts) {}

  get secured(): boolean {
    return this.#secured
  }

  abstract start(): Soon<void>
  /** Takes what came; undefined: it does not decode, or a field of it is outside its limits (RA-SEC-029). */
  receive(message: HandshakeMessage | undefined): Soon<void> {
    if (message === undefined) return this.malformed()
    if (message.kind !== undefined) return this.received(message.kind)
  }

  protected abstract received(kind: Kind): Soon<void>
  protected abstract malformed(): void
  abstract opened(): void
  abstract secretsChanged(): void

  end(): void {
    this.over = true
    this.turn?.end(false)
    wipeLeft(this.state, undefined)
    this.state = undefined
  }

  protected self(credential = ''): Self {
    const { counterpart, key } = this.parts
    return { key, credential, policyHash: policyHash(counterpart.policy), version: { minMinor: 0, maxMinor: 0 }, capabilities: [] }
  }

  /** A turn for the code if the exchange is about a PIN; runs `begin` with the tries left, unless the exchange is over by then. */
  protected withTurn(passwordClass: number, begin: (attemptsLeft: number) => void): Soon<void> {
    const desk = this.parts.secrets.desk()
    if (passwordClass !== PASSWORD_CLASS.PIN || desk === undefined) return begin(0)
    const go = (turn: Turn): Soon<void> => {
      if (this.over) return turn.end(false)
      this.turn = turn
      begin(turn.triesLeft)
    }
    const turn = desk.turn()
    return turn instanceof Promise ? turn.then(go) : go(turn)
  }

  /** Begins by `begin` with random bytes that are there for it alone. */
  protected takeWithRandom(begin: (random: Uint8Array) => HandshakeStep<S>): void {
    const random = this.parts.random.bytes(HANDSHAKE_RANDOM_BYTES)
    const step = begin(random)
    random.fill(0)
    this.take(step)
  }

  protected take({ state, output }: HandshakeStep<S>): void {
    wipeLeft(this.state, state)
    this.state = state
    for (const it of output) {
      switch (it.type) {
        case 'spent':
          this.turn?.spend()
          break
        case 'send':
          this.parts.events.send({ kind: it.message as Kind })
          break
        case 'secured':
          this.#secured = true
          this.parts.secured(it.secured)
          this.turn?.end(true)
          this.parts.events.secured()
          break
        case 'failed':
          this.turn?.end(false)
          this.parts.events.failed({ code: it.failed.code, attemptsLeft: it.failed.attemptsLeft, returning: this.returning })
      }
    }
  }
}

/** The customer's side. */
export class CustomerExchange extends Exchange<CustomerState> {
  /** The customer is the last to have keys. */
  opened(): void {}

  /** What a customer was told, it has for good. */
  secretsChanged(): void {}

  start(): Soon<void> {
    const { counterpart, secrets } = this.parts
    const [back] = this.parts.kept()
    const secret = back === undefined ? secrets.offer(counterpart.participant) : resumeSecret(back)
    if (secret === undefined) return this.parts.events.failed({ code: CloseCode.WRONG_SECRET, attemptsLeft: undefined, returning: false })
    this.returning = secret.passwordClass === PASSWORD_CLASS.RESUME
    return this.withTurn(secret.passwordClass, attemptsLeft =>
      this.takeWithRandom(random => beginCustomer({ context: contextOf(counterpart), self: this.self(), secret, attemptsLeft }, random)),
    )
  }

  protected received(message: Kind): void {
    if (this.state !== undefined && !this.secured) this.take(stepCustomer(this.state, { type: 'received', message }))
  }

  protected malformed(): void {
    if (this.state !== undefined) this.take(stepCustomer(this.state, { type: 'malformed' }))
  }
}

/** A joiner's side. */
export class JoinerExchange extends Exchange<JoinerState> {
  /** The secret of a code that the customer set out to prove. */
  #proven: Secret | undefined
  /** The customer has keys as well. */
  #agreed = false

  /** Who this end is, as long as that is not known. */
  #identity: Promise<void> | undefined

  start(): void {
    const credential = this.parts.credential()
    if (!(credential instanceof Promise)) return this.#begin(credential)
    this.#identity = credential.then(said => {
      this.#identity = undefined
      if (!this.over) this.#begin(said)
    })
  }

  /** Waits for the customer, which begins. */
  #begin(credential: string): void {
    const { counterpart } = this.parts
    this.take(beginJoiner({ context: contextOf(counterpart), self: this.self(credential), accepts: acceptedBy(counterpart) }))
  }

  override receive(message: HandshakeMessage | undefined): Soon<void> {
    return this.#identity === undefined ? super.receive(message) : this.#identity.then(() => super.receive(message))
  }

  protected received(kind: Kind): Soon<void> {
    if (kind.$case !== 'start') {
      const counts = !this.secured || (kind.$case === 'failure' && !this.#agreed)
      return counts && this.state !== undefined ? this.take(stepJoiner(this.state, { type: 'received', message: kind })) : undefined
    }
    const { secrets } = this.parts
    const { passwordClass, secretId } = kind.value
    const proven = secretNamed(secrets.known(), passwordClass, secretId)
    this.returning = passwordClass === PASSWORD_CLASS.RESUME
    this.turn?.end(false)
    this.#proven = proven
    return this.withTurn(passwordClass, attemptsLeft => {
      const { state } = this
      if (state === undefined || proven !== this.#proven) return this.turn?.end(false)
      const known = [...secrets.known(), ...this.parts.kept().map(resumeSecret)]
      this.takeWithRandom(random => stepJoiner(state, { type: 'start', start: kind.value, random, secrets: known, attemptsLeft }))
    })
  }

  protected malformed(): void {
    if (this.state !== undefined) this.take(stepJoiner(this.state, { type: 'malformed' }))
  }

  protected override take(step: HandshakeStep<JoinerState>): void {
    const before = this.secured
    super.take(step)
    // Who proves the link proves the code.
    if (this.secured && !before && this.#proven?.passwordClass === PASSWORD_CLASS.LINK) this.parts.secrets.desk()?.burn()
  }

  opened(): void {
    if (!this.#agreed && this.#proven !== undefined) this.parts.secrets.proven?.(this.#proven)
    this.#proven = undefined
    this.#agreed = true
  }

  secretsChanged(): void {
    const proven = this.#proven
    if (this.state === undefined || proven === undefined || this.parts.secrets.known().includes(proven)) return
    this.#proven = undefined
    this.take(stepJoiner(this.state, { type: 'withdrawn' }))
  }
}

/** Who meets whom. */
function contextOf({ sessionId, role, self, participant, counterpartRole }: Counterpart): Context {
  return role === Role.CUSTOMER
    ? { sessionId, customer: self, joiner: participant, joinerRole: counterpartRole as JoinerRole }
    : { sessionId, customer: participant, joiner: self, joinerRole: role as JoinerRole }
}

/** What a customer may prove: the codes that the policy allows, and always an invitation and a return. */
function acceptedBy({ policy }: Counterpart): readonly (typeof PASSWORD_CLASS)[keyof typeof PASSWORD_CLASS][] {
  const { PIN, LINK, INVITE, RESUME } = PASSWORD_CLASS
  const { passwordClasses } = effectivePolicy(policy)
  return [...[PIN, LINK].filter(it => passwordClasses.includes(it)), INVITE, RESUME]
}
