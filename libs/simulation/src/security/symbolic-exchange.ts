/** A handshake without cryptography: the same messages in the same order as libs/secure, the same tries, and a key that two ends have in common if they had one secret. */
import { Role } from '@remote-assist/codec'
import type { Counterpart, Secrets, Soon, Turn } from '@remote-assist/peer'
import { FAULT_CODE, PASSWORD_CLASS } from '@remote-assist/secure'
import { hex } from '../hex.js'
import { type Exchange, type ExchangeEvents, type Payload, Unopened } from './sealing.js'
import { Shake, type ShakeKind } from './terms.js'

/** What came of an exchange. */
export interface Agreed {
  readonly key: string
  /** The counterpart's. */
  readonly publicKey: string
}

export interface ExchangeParts {
  readonly counterpart: Counterpart
  readonly publicKey: string
  readonly secrets: Secrets
  readonly events: ExchangeEvents
  /** A short name for a term, the same for the same term and for no other: terms are compared with every record. */
  short(term: string): string
  /** A name that nobody guesses. */
  fresh(): string
  kept(): readonly string[]
  secured(agreed: Agreed): void
}

type Of<S extends ShakeKind['step']> = Extract<ShakeKind, { readonly step: S }>

/** What a proof or a return is about: class, name, and the secret itself. */
interface Proof {
  readonly passwordClass: number
  readonly name: string
  readonly password: string
}

const commitmentTo = ({ share, publicKey, role }: Of<'share'>): string => `commitment to ${share} ${publicKey} ${role}`

/** What both sides have in common. */
abstract class SymbolicExchange implements Exchange {
  secured = false
  protected over = false
  protected turn: Turn | undefined
  protected pin = false
  protected readonly share: Of<'share'>

  constructor(protected readonly parts: ExchangeParts) {
    this.share = { step: 'share', share: '', publicKey: parts.publicKey, role: parts.counterpart.role }
  }

  abstract start(): Soon<void>
  protected abstract take(message: ShakeKind): Soon<void>

  receive(message: Payload): Soon<void> {
    if (!(message instanceof Shake)) throw new Unopened('no handshake message')
    return this.take(message.kind)
  }

  end(): void {
    this.over = true
    this.turn?.end(false)
  }

  /** As in libs/peer: a code is tried by one exchange at a time. */
  protected withTurn(passwordClass: number, begin: (triesLeft: number) => void): Soon<void> {
    const desk = this.parts.secrets.desk()
    this.pin = passwordClass === PASSWORD_CLASS.PIN
    if (!this.pin || desk === undefined) return begin(0)
    const go = (turn: Turn): void => {
      if (this.over) return turn.end(false)
      this.turn = turn
      begin(turn.triesLeft)
    }
    const turn = desk.turn()
    return turn instanceof Promise ? turn.then(go) : go(turn)
  }

  protected send(kind: ShakeKind): void {
    this.parts.events.send(new Shake(kind))
  }

  /** The share leaves: a try is gone. */
  protected release(share: Of<'share'>): void {
    if (this.pin) this.turn?.spend()
    this.send(share)
  }

  protected fail(code: number, tell = true): void {
    this.turn?.end(false)
    if (tell) this.send({ step: 'failure', code })
    this.parts.events.failed(code)
  }

  protected succeed(agreed: Agreed): void {
    this.secured = true
    this.parts.secured(agreed)
    this.turn?.end(true)
    this.parts.events.secured()
  }

  /** The key of two shares and everything that was said before them, for who knows the secret. */
  protected keyOf(start: Of<'start'>, commit: Of<'commit'>, customer: Of<'share'>, joiner: Of<'share'>, { password }: Proof): string {
    const { role, self, participant } = this.parts.counterpart
    const who = role === Role.CUSTOMER ? `${self}-${participant}` : `${participant}-${self}`
    const said = `${start.nonce} ${start.passwordClass} ${start.secretId} ${commit.nonce} ${customer.share} ${customer.publicKey} ${joiner.share} ${joiner.publicKey}`
    return this.parts.short(`[${who} ${said} ${joiner.role} ${password}]`)
  }
}

const returning = (term: string): Proof => ({ passwordClass: PASSWORD_CLASS.RESUME, name: `name of ${term}`, password: term })

/** The customer's side. */
export class SymbolicCustomer extends SymbolicExchange {
  #said: { readonly start: Of<'start'>; readonly proof: Proof; commit?: Of<'commit'>; share?: Of<'share'>; key?: string; theirs?: Of<'share'> } | undefined

  start(): Soon<void> {
    const { secrets, counterpart, kept, fresh } = this.parts
    const [back] = kept()
    const offered = secrets.offer(counterpart.participant)
    if (back === undefined && offered === undefined) return this.fail(FAULT_CODE.WRONG_SECRET, false)
    const proof =
      back !== undefined || offered === undefined
        ? returning(back ?? '')
        : { passwordClass: offered.passwordClass, name: hex(offered.name), password: hex(offered.password) }
    return this.withTurn(proof.passwordClass, triesLeft => {
      if (this.pin && triesLeft < 1) return this.fail(FAULT_CODE.ATTEMPTS, false)
      this.#said = { start: { step: 'start', nonce: fresh(), passwordClass: proof.passwordClass, secretId: proof.name }, proof }
      this.send(this.#said.start)
    })
  }

  protected take(message: ShakeKind): void {
    const said = this.#said
    if (said === undefined || this.over) return
    if (message.step === 'failure') return this.#fail(message.code, false)
    if (said.commit === undefined && message.step === 'commit') {
      said.commit = message
      said.share = { ...this.share, share: this.parts.fresh() }
      return this.release(said.share)
    }
    if (said.commit !== undefined && said.share !== undefined && said.key === undefined && message.step === 'share') {
      if (commitmentTo(message) !== said.commit.commitment || message.role !== this.parts.counterpart.counterpartRole) return this.#fail(FAULT_CODE.HANDSHAKE)
      said.theirs = message
      said.key = this.keyOf(said.start, said.commit, said.share, message, said.proof)
      return this.send({ step: 'confirm', tag: `customer knows ${said.key}` })
    }
    if (said.key !== undefined && said.theirs !== undefined && message.step === 'confirm' && !this.secured) {
      if (message.tag !== `joiner knows ${said.key}`) return this.#fail(FAULT_CODE.WRONG_SECRET)
      return this.succeed({ key: said.key, publicKey: said.theirs.publicKey })
    }
    this.#fail(FAULT_CODE.HANDSHAKE)
  }

  #fail(code: number, tell = true): void {
    this.#said = undefined
    this.fail(code, tell)
  }
}

/** A joiner's side. */
export class SymbolicJoiner extends SymbolicExchange {
  #said:
    | { readonly start: Of<'start'>; readonly commit: Of<'commit'>; readonly share: Of<'share'>; readonly proof: Proof; key?: string; theirs?: Of<'share'> }
    | undefined

  start(): void {}

  protected take(message: ShakeKind): Soon<void> {
    if (this.over) return
    if (message.step === 'start') {
      this.turn?.end(false)
      return this.withTurn(message.passwordClass, triesLeft => this.#commit(message, triesLeft))
    }
    const said = this.#said
    if (said === undefined) return
    if (message.step === 'failure') return this.#fail(message.code, false)
    if (said.theirs === undefined && message.step === 'share') {
      if (message.role !== Role.CUSTOMER) return this.#fail(FAULT_CODE.HANDSHAKE)
      said.theirs = message
      said.key = this.keyOf(said.start, said.commit, message, said.share, said.proof)
      return this.release(said.share)
    }
    if (said.key !== undefined && said.theirs !== undefined && message.step === 'confirm' && !this.secured) {
      if (message.tag !== `customer knows ${said.key}`) return this.#fail(FAULT_CODE.WRONG_SECRET)
      this.send({ step: 'confirm', tag: `joiner knows ${said.key}` })
      return this.succeed({ key: said.key, publicKey: said.theirs.publicKey })
    }
    this.#fail(FAULT_CODE.HANDSHAKE)
  }

  #commit(start: Of<'start'>, triesLeft: number): void {
    if (this.pin && triesLeft < 1) return this.#fail(FAULT_CODE.ATTEMPTS)
    const { secrets, kept, fresh } = this.parts
    const known = [
      ...secrets.known().map(it => ({ passwordClass: it.passwordClass as number, name: hex(it.name), password: hex(it.password) })),
      ...kept().map(returning),
    ]
    const proof = known.find(it => it.passwordClass === start.passwordClass && it.name === start.secretId)
    if (proof === undefined) return this.#fail(FAULT_CODE.WRONG_SECRET)
    const share = { ...this.share, share: fresh() }
    this.#said = { start, commit: { step: 'commit', nonce: fresh(), commitment: commitmentTo(share) }, share, proof }
    this.send(this.#said.commit)
  }

  #fail(code: number, tell = true): void {
    this.#said = undefined
    this.fail(code, tell)
  }
}
