/** The driver of a customer's end, its words by kind, and calls that may come too late. */
import { type Hello, Role } from '@remote-assist/codec'
import {
  type CustomerChannelCall,
  type CustomerConfig,
  type CustomerEvent,
  type CustomerNotice,
  type CustomerSay,
  type CustomerState,
  customerSession,
  LocalProtocolError,
} from '@remote-assist/core'
import { inviteSecret, PASSWORD_CLASS, platformAead, type Secret, type SessionKey, signCredentialKey } from '@remote-assist/secure'
import type { Transport } from '@remote-assist/transport'
import { CustomerAudit } from '../audit/customer.js'
import { failedBefore } from '../audit/proofs.js'
import type { AuditSink } from '../audit/sink.js'
import { type Clock, systemClock } from '../clock.js'
import { Driver } from '../driver/driver.js'
import { Pace } from '../driver/pace.js'
import { Hub } from '../emitter.js'
import { type AssistError, closeError } from '../errors.js'
import type { ElevationAuthority } from '../host.js'
import { type Random, systemRandom } from '../random.js'
import { CapabilityDesk } from '../security/capabilities.js'
import type { CodeDesk } from '../security/code-desk.js'
import { SealedSecurity } from '../security/sealed.js'
import { customerSecrets } from '../security/secrets.js'
import type { Failure } from '../security/security.js'
import { helloOf, type Observer, type Surroundings } from './joiner.js'

/** The words of the core by kind, each with the participant that it is about. */
export type CustomerEndWords = { readonly [K in CustomerNotice['kind']]: Extract<CustomerNotice, { readonly kind: K }> & { readonly peer: number } } & {
  readonly failed: Failure & { readonly peer: number }
  /** A capability was signed for that participant. */
  readonly capability: { readonly peer: number; readonly signed: Uint8Array }
  readonly 'audit-broken': { readonly participant: number; readonly error: AssistError }
  /** Every word, before its kind. */
  readonly word: { readonly notice: CustomerNotice; readonly peer: number }
}

type Calls = { readonly [N in CustomerChannelCall['channel']]: Extract<CustomerChannelCall, { readonly channel: N }>['event'] }

/** What a customer's end is made of. */
export interface CustomerEndParts extends Surroundings {
  readonly transport: Transport
  readonly config: CustomerConfig
  readonly hello: Partial<Hello>
  /** What the agent who made the code knows. */
  readonly secret: Secret
  /** Where the tries of that code are counted, if it is a PIN. */
  readonly desk: CodeDesk | undefined
  /** Where the audit log is kept. Default: nowhere; agents are told it in any case. */
  readonly audit?: AuditSink | undefined
}

export class CustomerEnd {
  readonly words = new Hub<CustomerEndWords>()
  readonly driver: Driver<CustomerState, CustomerEvent, CustomerNotice>
  readonly clock: Clock
  readonly random: Random
  readonly audit: CustomerAudit
  readonly #capabilities: CapabilityDesk
  readonly #key: SessionKey
  readonly #invites = new Map<string, Secret>()
  readonly #observe: Observer | undefined
  #refusal: AssistError | undefined
  #ended: AssistError | undefined

  constructor({ transport, config, hello, secret, desk, audit, observe, clock = systemClock, random = systemRandom, aead = platformAead }: CustomerEndParts) {
    this.clock = clock
    this.random = random
    this.#observe = observe
    const offer = (participant: number): Secret | undefined => {
      const invite = this.driver.state.peers.get(participant)?.invite
      return invite === undefined ? secret : this.#invites.get(invite.id)
    }
    const security = new SealedSecurity({ secrets: customerSecrets(offer, desk), aead, clock, random })
    this.#key = security.sessionKey
    this.audit = new CustomerAudit({
      sink: audit,
      clock,
      key: security.sessionKey,
      classOf: peer => (this.driver.state.peers.get(peer)?.invite === undefined ? secret.passwordClass : PASSWORD_CLASS.INVITE),
      triesLeft: () => desk?.triesLeft ?? 0,
      earlier: failedBefore(hello.locator ?? '', clock),
      state: () => this.driver.state,
      self: () => this.driver.self,
      keyOf: peer => security.acquaintance(peer)?.publicKey,
      sessionId: () => this.driver.sessionId,
      broker: () => this.driver.remoteAddress,
      say: (agent, kind) => this.#say(agent, kind),
      act: event => this.driver.dispatch(event),
      broken: (participant, error) => this.words.emit('audit-broken', { participant, error }),
    })
    this.#capabilities = new CapabilityDesk({
      clock,
      key: security.sessionKey,
      state: () => this.driver.state,
      sessionId: () => this.driver.sessionId,
      keyOf: peer => security.acquaintance(peer)?.publicKey,
      issued: (participant, serial, signed, form) => {
        this.audit.capability(participant, serial, form)
        this.#say(participant, { $case: 'capability', value: { signed } })
        this.words.emit('capability', { peer: participant, signed })
      },
    })
    this.driver = new Driver({
      machine: customerSession,
      initial: customerSession.initial(config),
      role: Role.CUSTOMER,
      roleOf: peer => this.driver.state.peers.get(peer)?.role ?? Role.VIEWER,
      transport,
      security,
      pace: new Pace(clock),
      clock,
      random,
      hello: resumeToken => helloOf(Role.CUSTOMER, hello, resumeToken),
      notice: (notice, peer) => this.#hear(notice, peer),
      failed: (peer, failure) => this.words.emit('failed', { ...failure, peer }),
      lastWords: () => this.audit.lastWords(),
      late: (peer, kind) => this.audit.late(peer, kind),
    })
  }

  /** Why it is over; undefined while it is not. */
  get ended(): AssistError | undefined {
    return this.#ended
  }

  /** Dispatches a local event. Throws `E_NOT_NOW` if it is not possible now; nothing happens once the session is over. */
  dispatch(event: CustomerEvent): void {
    if (this.#ended === undefined) this.audit.does(event, () => this.driver.dispatch(event))
  }

  /** Tells a participant's channel; nothing happens if that is not possible any more. */
  late<N extends keyof Calls>(peer: number, channel: N, event: Calls[N]): void {
    try {
      this.dispatch({ type: 'local.channel', peer, channel, event } as unknown as CustomerChannelCall)
    } catch (error) {
      if (!(error instanceof LocalProtocolError)) throw error
    }
  }

  /** The signature, 64 bytes, that this key is the privileged helper's, for this request of this session (RA-SEC-242). */
  signCredentialKey(requestId: number, key: Uint8Array): Uint8Array {
    return signCredentialKey({ session: this.driver.sessionId, requestId }, key, this.#key).signature
  }

  /** What a privileged helper is shown, to act for that participant alone. */
  authority(participant: number): ElevationAuthority {
    const capability = this.#capabilities.newest(participant) ?? new Uint8Array()
    return { session: this.driver.sessionId, customerKey: this.#key.publicKey, capability }
  }

  /** Of the log: to an agent that is there, also after the end. */
  #say(agent: number, kind: CustomerSay): void {
    if (this.driver.ended) return this.driver.sayLast(agent, kind)
    try {
      this.driver.dispatch({ type: 'local.say', peer: agent, kind })
    } catch (error) {
      if (!(error instanceof LocalProtocolError)) throw error
    }
  }

  #hear(notice: CustomerNotice, peer: number): void {
    this.#observe?.(notice, peer)
    this.audit.hear(notice, peer)
    switch (notice.kind) {
      case 'session.refused':
        this.#refusal = closeError(notice.refusal.code, { retryAfterMs: notice.refusal.retryAfterMs })
        break
      case 'session.live':
        this.#refusal = undefined
        break
      case 'session.ended':
        this.#ended = this.#refusal ?? closeError(notice.code, { cause: this.driver.lostBecause })
        this.#capabilities.stop()
        for (const { password } of this.#invites.values()) password.fill(0)
        this.#invites.clear()
        break
      case 'participants':
        this.#capabilities.follow()
        break
      case 'invite':
        this.#invites.set(notice.invite.id, inviteSecret({ inviteId: bytesOf(notice.invite.id), secret: notice.secret.slice() }))
        notice.secret.fill(0)
        break
      case 'invite.gone':
        this.#invites.get(notice.id)?.password.fill(0)
        this.#invites.delete(notice.id)
        break
    }
    this.words.emit('word', { notice, peer })
    this.words.emit(notice.kind, { ...notice, peer } as never)
  }
}

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(hex.match(/../g) ?? [], pair => Number.parseInt(pair, 16))
