/** What an agent and a viewer have in common: the driver of a joiner's end, its words by kind, and its questions by number. */
import { CloseCode, type Hello, Permission, RefusalReason, Role } from '@remote-assist/codec'
import {
  agentSession,
  type CustomerNotice,
  type JoinerChannelCall,
  type JoinerEvent,
  type JoinerNotice,
  type JoinerSay,
  type JoinerState,
  LocalProtocolError,
  viewerSession,
} from '@remote-assist/core'
import { type Aead, type Capability, platformAead, SecureError, verifyCapability } from '@remote-assist/secure'
import type { Transport } from '@remote-assist/transport'
import { AuditCopies } from '../audit/copy.js'
import type { AuditSink } from '../audit/sink.js'
import { type Clock, systemClock } from '../clock.js'
import { Driver } from '../driver/driver.js'
import { Hub } from '../emitter.js'
import { type AssistError, cancelled, closeError, refusalError } from '../errors.js'
import type { FileNotice } from '../file-port.js'
import { Answers } from '../inflow.js'
import { type Random, systemRandom } from '../random.js'
import type { CredentialSubject } from '../security/organisation.js'
import { SealedSecurity } from '../security/sealed.js'
import type { Secrets } from '../security/secrets.js'
import type { Failure, Soon } from '../security/security.js'

/** Hears every word of the core, before anybody else does: the word, and the participant that it is about (0 = the session). */
export type Observer = (word: CustomerNotice | JoinerNotice, participant: number) => void

/** What may be replaced: for tests, simulations and programs with their own network. */
export interface Surroundings {
  readonly clock?: Clock
  readonly random?: Random
  /** For tools that follow a session more closely than its user does. Default: nobody. */
  readonly observe?: Observer
  /** What records are sealed with. Default: what the platform has, node:crypto or WebCrypto. */
  readonly aead?: Aead
}

/** The surroundings out of a caller's options. */
export const surroundingsOf = ({ clock, random, aead, observe }: { readonly [K in keyof Surroundings]: Surroundings[K] | undefined }): Surroundings => ({
  ...(clock === undefined ? {} : { clock }),
  ...(random === undefined ? {} : { random }),
  ...(observe === undefined ? {} : { observe }),
  ...(aead === undefined ? {} : { aead }),
})

type Words = { readonly [K in JoinerNotice['kind']]: Extract<JoinerNotice, { readonly kind: K }> & { readonly peer: number } }

/** The words of the core by kind, each with the peer that it is about. */
export type JoinerWords = Words & {
  /** A handshake with this peer failed. */
  readonly failed: Failure & { readonly peer: number }
  /** The customer's audit log cannot be followed, or kept, any more. */
  readonly 'audit-broken': AssistError
  /** Somebody new shares a desktop. */
  readonly customer: ToCustomer
}

/** The words about one customer. */
export type CustomerWords = Words & {
  readonly file: FileNotice
  /** The dealings with this customer are over, and why. The last word. */
  readonly over: AssistError
}

type Calls = { readonly [N in JoinerChannelCall['channel']]: Extract<JoinerChannelCall, { readonly channel: N }>['event'] }

/** What the customer lets this end do, as it can be shown to others: its elevated helper, an auditor. */
export interface SignedCapability {
  readonly capability: Capability
  /** The form and the customer's signature, as docs/spec/record.md describes them. */
  readonly signed: Uint8Array
}

/** What a joiner is made of. */
export interface JoinerParts extends Surroundings {
  readonly role: Role.AGENT | Role.VIEWER
  readonly transport: Transport
  /** What the customer may prove. */
  readonly secrets: Secrets
  /** Who its organisation says it is. Default: nobody. */
  readonly credential?: (subject: CredentialSubject) => Soon<string>
  readonly hello: Partial<Hello>
  /** Where an agent keeps its copy of the audit log. Default: nowhere; it follows and signs in any case. */
  readonly audit?: AuditSink | undefined
}

const NO_BYTES: Uint8Array = new Uint8Array()

/** The first message of an end: what it is and what it may. With a resume token nothing else is presented. */
export const helloOf = (role: Role, credentials: Partial<Hello>, resumeToken: Uint8Array): Hello => {
  const base: Hello = {
    version: { minMinor: 0, maxMinor: 0 },
    role,
    agentToken: '',
    locator: '',
    inviteId: NO_BYTES,
    resumeToken,
    implementation: { name: '@remote-assist/peer', version: '0.1.0' },
    capabilities: [],
    displayName: credentials.displayName ?? '',
  }
  return resumeToken.length > 0 ? base : { ...base, ...credentials }
}

/** This end as a whole: its line, its questions, and every word of the core. */
export class Joiner {
  readonly words = new Hub<JoinerWords>()
  readonly answers = new Answers<void>()
  readonly driver: Driver<JoinerState, JoinerEvent, JoinerNotice>
  readonly clock: Clock
  readonly random: Random
  /** What this end proves that it has the key of, 32 bytes. */
  readonly publicKey: Uint8Array
  readonly #audit: AuditCopies
  readonly #observe: Observer | undefined
  #nextId = 1
  #endsSession = false
  #refusal: AssistError | undefined
  #ended: AssistError | undefined
  /** The handshake that failed last was a return. */
  #returning = false
  #customer: ToCustomer | undefined

  constructor({ role, transport, secrets, credential, hello, audit, observe, clock = systemClock, random = systemRandom, aead = platformAead }: JoinerParts) {
    this.clock = clock
    this.random = random
    this.#observe = observe
    const machine = role === Role.AGENT ? agentSession : viewerSession
    const security = new SealedSecurity({ secrets, ...(credential === undefined ? {} : { credential }), aead, clock, random })
    this.publicKey = security.sessionKey.publicKey
    this.#audit = new AuditCopies({
      sink: audit,
      clock,
      key: security.sessionKey,
      self: () => this.driver.source,
      sessionId: () => this.driver.sessionId,
      keyOf: customer => security.acquaintance(customer)?.publicKey,
      say: (customer, kind) => this.#say(customer, kind),
      broken: error => this.words.emit('audit-broken', error),
    })
    this.driver = new Driver({
      machine,
      initial: machine.initial(),
      role,
      roleOf: () => Role.CUSTOMER,
      transport,
      security,
      clock,
      random,
      hello: resumeToken => helloOf(role, hello, resumeToken),
      notice: (notice, peer) => this.#hear(notice, peer),
      failed: (peer, failure) => {
        this.#returning = failure.returning
        this.words.emit('failed', { ...failure, peer })
      },
      lastWords: () => this.#audit.lastWords(this.#endsSession),
      late: (peer, kind) => this.#audit.take(peer, kind),
    })
  }

  /** Why it is over; undefined while it is not. */
  get ended(): AssistError | undefined {
    return this.#ended
  }

  /** What an end with this code means here. */
  endOf(code: CloseCode): AssistError {
    return closeError(code, { returning: this.#returning, cause: this.driver.lostBecause })
  }

  /** A number that no other request or command of this end has. */
  nextId(): number {
    return this.#nextId++
  }

  /** Opens the line. Resolves when the broker welcomed this end; rejects with why not. */
  async open(signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) throw cancelled(signal)
    const over = new AbortController()
    const live = this.words.once('session.live', { signal: over.signal })
    const stop = this.words.on('session.ended', () => over.abort(signal?.aborted ? cancelled(signal) : this.#ended))
    const aborted = () => this.leave(false)
    signal?.addEventListener('abort', aborted, { once: true })
    this.driver.start()
    try {
      await live
    } finally {
      stop()
      signal?.removeEventListener('abort', aborted)
    }
  }

  /** Dispatches a local event. Throws the refusal that fits when it is not possible now. */
  dispatch(event: JoinerEvent, otherwise = RefusalReason.NOT_ACTIVE): void {
    if (this.#ended !== undefined) throw this.#ended
    try {
      this.driver.dispatch(event)
    } catch (error) {
      throw error instanceof LocalProtocolError ? refusalError(otherwise) : error
    }
  }

  /** Leaves, with what the broker is told. Nothing happens if it is over already. */
  leave(endSession: boolean, code: CloseCode = CloseCode.LEFT): void {
    if (this.#ended !== undefined) return
    this.#endsSession = endSession
    this.driver.dispatch({ type: 'local.leave', code, endSession })
  }

  /** Of the log: to the customer, also after the end. False if it does not hear it now. */
  #say(customer: number, kind: Extract<JoinerSay, { readonly $case: 'auditSign' }>): boolean {
    try {
      if (this.driver.ended) this.driver.sayLast(customer, kind)
      else this.driver.dispatch({ type: 'local.say', kind })
      return true
    } catch (error) {
      if (error instanceof LocalProtocolError) return false
      throw error
    }
  }

  #hear(notice: JoinerNotice, peer: number): void {
    this.#observe?.(notice, peer)
    this.#audit.hear(notice, peer)
    switch (notice.kind) {
      case 'session.refused':
        this.#refusal = closeError(notice.refusal.code, { retryAfterMs: notice.refusal.retryAfterMs })
        break
      case 'session.live':
        this.#refusal = undefined
        break
      case 'session.ended':
        this.#ended = this.#refusal ?? this.endOf(notice.code)
        this.answers.failAll(this.#ended)
        break
      case 'request.done':
        if (notice.refusal === RefusalReason.UNSPECIFIED) this.answers.settle(notice.requestId)
        else this.answers.fail(notice.requestId, refusalError(notice.refusal))
        break
      case 'peer.secure':
        if (this.#customer?.number !== peer) {
          this.#customer = new ToCustomer(this, peer)
          this.words.emit('customer', this.#customer)
        }
        break
    }
    const word = { ...notice, peer } as never
    this.words.emit(notice.kind, word)
    if (peer === 0 || peer === this.#customer?.number) this.#customer?.hear(notice, word)
  }
}

/** This end's dealings with one customer, until either is gone. What follows with another customer does not touch them. */
export class ToCustomer {
  readonly words = new Hub<CustomerWords>()
  #over: AssistError | undefined
  #capability: SignedCapability | undefined

  constructor(
    readonly joiner: Joiner,
    /** The customer's number. */
    readonly number: number,
  ) {}

  get driver(): Joiner['driver'] {
    return this.joiner.driver
  }

  /** Why it is over; undefined while it is not. */
  get over(): AssistError | undefined {
    return this.#over
  }

  /** What the core knows of this customer; undefined once another has come. */
  get customer(): JoinerState['customer'] {
    const { customer } = this.driver.state
    return customer?.number === this.number ? customer : undefined
  }

  /** Tells a channel what its user wants. Throws the refusal that fits when that is not possible now. */
  call<N extends keyof Calls>(channel: N, event: Calls[N], otherwise = RefusalReason.NOT_ACTIVE): void {
    this.dispatch({ type: 'local.channel', channel, event } as unknown as JoinerChannelCall, otherwise)
  }

  /** Dispatches a local event. Throws the refusal that fits when it is not possible now. */
  dispatch(event: JoinerEvent, otherwise = RefusalReason.NOT_ACTIVE): void {
    if (this.#over !== undefined) throw this.#over
    this.joiner.dispatch(event, otherwise)
  }

  /** Asks something of the customer; resolves when it was done, rejects with the refusal. */
  async request(event: (requestId: number) => JoinerEvent): Promise<void> {
    const requestId = this.joiner.nextId()
    const answer = this.joiner.answers.wait(requestId)
    try {
      this.dispatch(event(requestId))
    } catch (error) {
      this.joiner.answers.fail(requestId, error as Error)
    }
    return answer
  }

  /** Calls back once when this end was let in and, if it may see, knows the screens: from then on everything can be asked for. */
  whenReady(listener: () => void): void {
    let done = false
    const look = () => {
      const { machine, channels } = this.customer ?? {}
      if (done || (machine?.phase !== 'active' && machine?.phase !== 'paused')) return
      if (machine.grants.some(({ permission }) => permission === Permission.VIEW_SCREEN) && channels?.screen.layout.epoch === 0) return
      done = true
      listener()
    }
    this.words.on('peer.phase', look)
    this.words.on('screen.list', look)
  }

  /** The newest capability that the customer signed for this end, while it is valid; undefined if there is none. */
  get capability(): SignedCapability | undefined {
    const expires = this.#capability?.capability.expires ?? 0
    return expires > this.joiner.clock.date() ? this.#capability : undefined
  }

  /** Keeps a capability that is what it says; any other is of no effect (RA-SEC-233). */
  #certified(signed: Uint8Array): void {
    const customerKey = this.driver.acquaintance(this.number)?.publicKey
    if (customerKey === undefined) return
    try {
      const capability = verifyCapability(signed, { session: this.driver.sessionId, customerKey, now: this.joiner.clock.date() })
      if (capability.participant === this.driver.self) this.#capability = { capability, signed: signed.slice() }
    } catch (error) {
      if (!(error instanceof SecureError)) throw error
    }
  }

  /** A word of the core about this customer, or about the session. */
  hear(notice: JoinerNotice, word: never): void {
    if (this.#over !== undefined) return
    if (notice.kind === 'session.ended') return this.#end(this.joiner.ended ?? this.joiner.endOf(notice.code))
    if (notice.kind === 'capability') this.#certified(notice.signed)
    if (isFileNotice(notice)) this.words.emit('file', notice)
    this.words.emit(notice.kind, word)
    if (notice.kind === 'peer.phase' && notice.phase === 'gone') this.#end(this.joiner.endOf(notice.code ?? CloseCode.UNSPECIFIED))
  }

  #end(error: AssistError): void {
    if (this.#over !== undefined) return
    this.#over = error
    this.words.emit('over', error)
  }
}

const isFileNotice = (notice: JoinerNotice): notice is Extract<JoinerNotice, FileNotice> => notice.kind.startsWith('file.')
