import { CloseCode, ContactKind, type CreateSessionResponse, Permission, type Policy, RefusalReason, Role } from '@remote-assist/codec'
import { FEATURE, ROLE_CEILING } from '@remote-assist/core'
import { CODE_LIFE_MS, inviteSecret, linkSecret, MAX_CODES, pinSecret, rejoinSecret, type Secret } from '@remote-assist/secure'
import type { Transport } from '@remote-assist/transport'
import type { AuditSink } from '../audit/sink.js'
import { Emitter } from '../emitter.js'
import { AssistError, cancelled, closeError, refusalError } from '../errors.js'
import type { FilePlatform } from '../files/store.js'
import { Inflow } from '../inflow.js'
import { type CustomerLink, customerUrl, type InviteLink, makePin, newPinSecret, type Pin, parseAgentUrl, parseInviteUrl } from '../pin.js'
import { systemRandom } from '../random.js'
import { CodeDesk } from '../security/code-desk.js'
import { type CredentialSubject, checkedCredential, credentialSubject } from '../security/organisation.js'
import { joinerSecrets, type Secrets } from '../security/secrets.js'
import { type ControlApi, createSession, type Fetch, getSession, renewCode } from './control-api.js'
import { Joiner, type Surroundings, surroundingsOf, type ToCustomer } from './joiner.js'
import { type GuestPages, type LineState, onChange, Session } from './session.js'

/** What an agent asks the customer for, unless it says otherwise: everything but recording. */
export const ORDINARY_PERMISSIONS: readonly Permission[] = ROLE_CEILING[Role.AGENT].filter(permission => permission !== Permission.RECORD)

interface Asking {
  /**
   * Who this agent is, signed by its organisation for this session and this agent's key in it: a compact JWS as docs/spec/handshake.md describes it. Called once; what
   * it rejects with, its caller is told. A customer that trusts the organisation sees its name; any other sees that nobody vouches for this agent, as without one.
   */
  readonly credential?: (subject: CredentialSubject) => string | Promise<string>
  /** What the customer is asked for. Default `ORDINARY_PERMISSIONS`. Empty: nothing, until `ask` does. */
  readonly permissions?: readonly Permission[]
  /** Why, for the customer to read, 0–512 bytes. */
  readonly reason?: string
  /** The files of this platform, `diskFiles` in Node: to send by path, and to take what the customer gives. Default none. */
  readonly files?: FilePlatform
  /** Keeps this agent's copy of the customer's audit log: `auditFile` in Node. Default: it is not kept here. */
  readonly audit?: AuditSink
}

/** How an agent makes a session. */
export interface CreateOptions extends Surroundings, Asking {
  /** A transport to the broker, or how one is made from the URL that the broker names. */
  readonly transport: Transport | ((url: string) => Transport)
  /** The broker's base URL, for the control API. */
  readonly brokerUrl: string
  /** Who the agent is to the control API. */
  readonly token?: string
  /** The name that others see, 1–64 bytes. */
  readonly displayName: string
  /** The call or chat that the session belongs to. */
  readonly contact?: { readonly id: string; readonly kind?: 'voice' | 'chat' }
  readonly metadata?: Readonly<Record<string, string>>
  /** Narrows the tenant's policy. */
  readonly policy?: Policy
  readonly fetch?: Fetch
  readonly signal?: AbortSignal
}

/** How an agent attaches to a session that somebody else made with the control API. */
export interface AttachOptions extends Surroundings, Asking {
  readonly transport: Transport | ((url: string) => Transport)
  readonly created: CreateSessionResponse
  readonly displayName: string
  /** The code, where whoever made the session made it. Default a new one. */
  readonly code?: CustomerLink
  /** An invitation for a viewer that whoever made the session has promised already: see `Agent.view`. */
  readonly view?: InviteLink
  /** For a new code. */
  readonly control?: ControlApi
  readonly signal?: AbortSignal
}

/** How an agent takes up a session that was made for it. */
export interface OpenOptions extends Surroundings, Asking {
  readonly transport: Transport | ((url: string) => Transport)
  /** The broker's base URL. */
  readonly brokerUrl: string
  /** The console's URL for this session (`agentUrl`), or its fragment alone. */
  readonly url: string
  readonly displayName: string
  readonly fetch?: Fetch
  readonly signal?: AbortSignal
}

/** How a further agent joins by invitation. */
export interface InvitedOptions extends Surroundings, Asking {
  readonly transport: Transport
  /** The invitation's URL. */
  readonly url: string
  /** Its own agent token, where the broker wants one. */
  readonly agentToken?: string
  readonly displayName: string
  readonly signal?: AbortSignal
}

/** What an agent hears outside a session. */
export interface AgentEvents {
  /** Somebody with the code is there, and is being asked; `words`: those that its screen shows with the question (`Session.words`). */
  readonly 'customer-joined': { readonly participant: number; readonly words: readonly string[] }
  /** Somebody came and did not get in: a wrong PIN, a refusal, a line that dropped before the customer decided. */
  readonly 'customer-failed': AssistError
  /** The line to the broker. */
  readonly line: LineState
  /** It is over, and why. The last event. */
  readonly ended: AssistError
}

/** Where the session of an agent was made. */
interface Place {
  readonly created: CreateSessionResponse
  readonly control: ControlApi | undefined
  readonly view: InviteLink | undefined
}

/**
 * An agent: makes a session and its code, waits for the customer, assists.
 *
 * `create` makes a session, `attach` and `open` take one that somebody else made, `join` follows an invitation; all reject with `AssistError`. `customer()` resolves with
 * the `Session` once the customer has consented. `close` ends the session for everybody, `leave` for this agent alone.
 */
export class Agent extends Emitter<AgentEvents> {
  readonly #joiner: Joiner
  readonly #asking: Asking
  readonly #files: FilePlatform | undefined
  readonly #sessions = new Inflow<Session>()
  readonly #failures = new Set<(error: Error) => void>()
  readonly #place: Place | undefined
  #code: CustomerLink | undefined
  #codeExpiresAtMs = 0
  #secrets: readonly Secret[] = []
  #desk: CodeDesk | undefined
  #credential: Promise<string> | undefined
  #codes = 0
  #newest: ToCustomer | undefined
  /** What a customer proves that comes back after a restart. */
  #ticket: Secret | undefined

  private constructor(
    { clock, random, aead, observe, ...asking }: Surroundings & Asking,
    transport: Transport,
    place: Place | undefined,
    join: { readonly agentToken: string; readonly displayName: string; readonly inviteId?: Uint8Array; readonly secrets?: readonly Secret[] },
  ) {
    super()
    this.#asking = asking
    this.#files = asking.files
    this.#place = place
    const { secrets: own, ...hello } = join
    if (own !== undefined) this.#secrets = own
    this.#joiner = new Joiner({
      role: Role.AGENT,
      transport,
      secrets: this.#asked(),
      ...(asking.credential === undefined ? {} : { credential: (subject: CredentialSubject) => this.#shown(subject) }),
      hello,
      audit: asking.audit,
      ...surroundingsOf({ clock, random, aead, observe }),
    })
    this.#listen(join.inviteId !== undefined)
  }

  /** Makes a session through the broker's control API and attaches to it. Rejects with why that did not work. */
  static async create(options: CreateOptions): Promise<Agent> {
    const { displayName, contact, metadata = {}, policy, signal, brokerUrl, token, fetch } = options
    const control: ControlApi = { brokerUrl, ...(token === undefined ? {} : { token }), ...(fetch === undefined ? {} : { fetch }) }
    const kind = contact?.kind === 'voice' ? ContactKind.VOICE : contact?.kind === 'chat' ? ContactKind.CHAT : ContactKind.UNSPECIFIED
    const created = await createSession(
      control,
      { displayName, contactId: contact?.id ?? '', contactKind: kind, metadata: new Map(Object.entries(metadata)), policy },
      signal,
    )
    // What made the session may be good for that alone; its own token renews and ends it.
    return Agent.attach({ ...options, created, control: { ...control, token: created.agentToken } })
  }

  /** Attaches to a session that was made with the control API; its code is made here. */
  static async attach({ transport, created, code, view, control, displayName, signal, ...rest }: AttachOptions): Promise<Agent> {
    const { agentToken, websocketUrl } = created
    const line = typeof transport === 'function' ? transport(websocketUrl) : transport
    const agent = new Agent(rest, line, { created, control, view }, { agentToken, displayName })
    if (code === undefined) agent.#newCode(created.session?.locator ?? '')
    else agent.#useCode(code)
    agent.#codeExpiresAtMs = Number(created.session?.codeExpiresAtMs ?? 0)
    await agent.#vouched(credentialSubject(agent.sessionId, agent.#joiner.publicKey))
    await agent.#joiner.open(signal)
    return agent
  }

  /** Takes up a session that was made for this agent, by the console's URL for it. Rejects with why that did not work. */
  static async open({ url, brokerUrl, fetch, ...options }: OpenOptions): Promise<Agent> {
    const { sessionId, agentToken, view, ...code } = parseAgentUrl(url)
    const control: ControlApi = { brokerUrl, token: agentToken, ...(fetch === undefined ? {} : { fetch }) }
    const { session } = await getSession(control, sessionId, options.signal)
    const base = brokerUrl.replace(/^ws/, 'http')
    const addresses = { websocketUrl: brokerUrl, grpcTarget: '', joinUrl: new URL('/join', base).href, viewUrl: new URL('/view', base).href }
    return Agent.attach({ ...options, created: { session, agentToken, ...addresses }, code, control, ...(view === undefined ? {} : { view }) })
  }

  /** Joins a session by invitation. Resolves when the customer let this agent in, with the session; rejects with why not. */
  static async join({ transport, url, agentToken = '', displayName, signal, ...rest }: InvitedOptions): Promise<Session> {
    const { inviteId, secret } = parseInviteUrl(url)
    const agent = new Agent(rest, transport, undefined, { agentToken, displayName, inviteId, secrets: [inviteSecret({ inviteId, secret })] })
    await agent.#joiner.open(signal)
    return agent.customer(signal === undefined ? {} : { signal }).catch((error: unknown) => {
      // Whoever gives up waiting is not let in any more.
      agent.leave()
      throw error
    })
  }

  /** The session's id, 32 hex digits; empty if this agent came by invitation. */
  get sessionId(): string {
    return this.#place?.created.session?.sessionId ?? ''
  }

  /** The PIN to read aloud. Throws `E_CODE_EXPIRED` if there is none, `E_LIMIT` if the session had so many that the link alone lets somebody in. */
  get pin(): Pin {
    const { pin } = this.#openCode()
    if (this.#codes > MAX_CODES) throw new AssistError('E_LIMIT', 'This session had its five PINs.', { hint: 'Send the customer the link instead.' })
    return pin
  }

  /** When the code expires, ms since 1970-01-01 UTC; 0 if there is none. */
  get codeExpiresAtMs(): number {
    return this.#codeExpiresAtMs
  }

  /** The URL to paste, with PIN and secret in its fragment. Throws `E_CODE_EXPIRED` if there is none. */
  get customerUrl(): string {
    return customerUrl(this.#place?.created.joinUrl ?? '', this.#openCode())
  }

  /** What this end knows of the session on the wire: for consoles that show it. */
  get participant(): number {
    return this.#joiner.driver.self
  }

  /** An invitation that was promised before this agent came: register it with `session.invite({ role: 'viewer', link })`. */
  get view(): InviteLink | undefined {
    return this.#place?.view
  }

  /** Makes a new code; the old one is void, and so is an exchange about it that is not over. */
  async renewCode(): Promise<Pin> {
    this.cancelRejoin()
    const { locator, expiresAtMs } = await this.#renew()
    this.#newCode(locator)
    this.#codeExpiresAtMs = expiresAtMs
    return this.pin
  }

  /**
   * Asks the customer to come back by itself after its computer was started again: once, within ten minutes, and with no new PIN. Resolves when its ticket lies
   * ready, and not before is there a way back. Who comes back is the next `customer()`, and is asked anew for control and powers. Needs ELEVATE; the lead alone may.
   * Rejects with the refusal: `E_DENIED`, `E_TIMEOUT`, `E_NO_GRANT`, `E_BUSY`, `E_UNSUPPORTED` …
   */
  async requestRejoin({ reason }: { readonly reason: string }): Promise<void> {
    const to = this.#newest
    if (to === undefined) throw refusalError(RefusalReason.NOT_ACTIVE)
    if (!(to.customer?.capabilities ?? []).includes(FEATURE.rejoin)) throw refusalError(RefusalReason.UNSUPPORTED)
    const { locator } = await this.#renew()
    this.#secrets = []
    this.#joiner.driver.secretsChanged()
    await to.request(requestId => ({ type: 'local.rejoin', requestId, reason, locator, expiresInMs: CODE_LIFE_MS }))
  }

  /** Nobody is to come back by a ticket any more; nothing to cancel is fine. */
  cancelRejoin(): void {
    this.#joiner.dispatch({ type: 'local.endRejoin' })
  }

  /** A new locator; whoever could come by the one before cannot any more. */
  async #renew(): Promise<{ readonly locator: string; readonly expiresAtMs: number }> {
    const { created, control } = this.#place ?? {}
    if (created?.session === undefined || control === undefined)
      throw new AssistError('E_UNSUPPORTED', 'This agent cannot make codes.', { hint: 'The one who made the session can.' })
    const { session } = await renewCode(control, created.session.sessionId)
    this.#code = undefined
    return { locator: session?.locator ?? '', expiresAtMs: Number(session?.codeExpiresAtMs ?? 0) }
  }

  /**
   * Resolves to the session with the next customer, once it consented. Rejects with `E_CONSENT_DENIED` if it said no, `E_TIMEOUT` if it
   * said nothing, `E_CANCELLED` if the signal is aborted, or with why the session ended. A stranger with a wrong PIN does not disturb the wait (event `customer-failed`).
   */
  customer({ signal }: { readonly signal?: AbortSignal } = {}): Promise<Session> {
    return new Promise((resolve, reject) => {
      const over = new AbortController()
      const fail = (error: Error) => {
        over.abort()
        reject(error)
      }
      this.#failures.add(fail)
      const aborted = () => fail(cancelled(signal as AbortSignal))
      if (signal?.aborted) aborted()
      signal?.addEventListener('abort', aborted, { once: true })
      this.#sessions.next(over.signal).then(
        session => (session === undefined ? undefined : resolve(session)),
        error => reject(error),
      )
      over.signal.addEventListener('abort', () => this.#failures.delete(fail), { once: true })
    })
  }

  /** Asks the customer that came last, before it let this agent in. Throws `E_NOT_ACTIVE` if there is none, or a question is open. Later it is `session.ask`. */
  ask(permissions: readonly Permission[], reason = ''): void {
    if (this.#newest === undefined) throw refusalError(RefusalReason.NOT_ACTIVE)
    this.#newest.dispatch({ type: 'local.ask', requestId: this.#joiner.nextId(), permissions, reason })
  }

  /** Ends the session for everybody if this agent leads it, else leaves it. */
  async close(): Promise<void> {
    this.#joiner.leave(true)
  }

  /** Leaves; the others stay. */
  leave(): void {
    this.#joiner.leave(false)
  }

  /** Breaks the line as a network does; it comes back by itself within the grace period. */
  dropLine(): void {
    this.#joiner.driver.dropLine()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #openCode(): CustomerLink {
    if (this.#code === undefined) throw new AssistError('E_CODE_EXPIRED', 'There is no open code.', { hint: 'Make a new one with renewCode().' })
    return this.#code
  }

  #newCode(locator: string): void {
    if (locator === '') return
    this.#useCode({ pin: makePin(locator, newPinSecret()), linkSecret: systemRandom.bytes(32) })
  }

  /**
   * The tries begin anew with each code, and whoever was about to prove the one before has nothing to prove any more (RA-SEC-069). After `MAX_CODES` of them
   * the PIN alone lets nobody in any more; the link still does (RA-SEC-065).
   */
  #useCode(code: CustomerLink): void {
    this.#code = code
    this.#codes++
    this.#desk = new CodeDesk(this.#joiner.clock)
    this.#secrets = this.#codes > MAX_CODES ? [linkSecret(code)] : [pinSecret(code.pin), linkSecret(code)]
    this.#joiner.driver.secretsChanged()
  }

  /** What a customer may prove at the moment at which it begins. */
  #asked(): Secrets {
    return {
      ...joinerSecrets([]),
      known: () => [...(this.#desk?.closed ? [] : this.#secrets), ...(this.#ticket === undefined ? [] : [this.#ticket])],
      desk: () => this.#desk,
      // Its keys are there: the ticket was used, and is no use to anybody else (RA-SES-170).
      proven: secret => secret === this.#ticket && this.cancelRejoin(),
    }
  }

  /** Who this agent is, by its organisation, which is asked once. */
  #vouched(subject: CredentialSubject): Promise<string> {
    this.#credential ??= Promise.resolve(subject)
      .then(it => this.#asking.credential?.(it) ?? '')
      .then(checkedCredential)
    return this.#credential
  }

  /** What a customer is shown. An agent that cannot be vouched for, though it is to be, leaves: it would come as somebody for whom nobody does. */
  #shown(subject: CredentialSubject): Promise<string> {
    return this.#vouched(subject).catch((error: Error) => {
      for (const fail of [...this.#failures]) fail(error)
      this.leave()
      return ''
    })
  }

  #listen(invited: boolean): void {
    const { words } = this.#joiner
    words.on('customer', to => this.#meet(to, invited))
    words.on('rejoin.ready', ({ secret }) => {
      this.#ticket = rejoinSecret(secret.slice())
    })
    words.on('rejoin.over', () => {
      this.#ticket?.password.fill(0)
      this.#ticket = undefined
      this.#joiner.driver.secretsChanged()
    })
    words.on(
      'session.link',
      onChange(state => this.emit('line', state)),
    )
    words.on('failed', ({ code, ...failure }) => this.emit('customer-failed', closeError(code, failure)))
    words.on('session.ended', () => {
      const error = this.#joiner.ended as AssistError
      this.#sessions.end(error)
      for (const fail of [...this.#failures]) fail(error)
      this.emit('ended', error)
    })
  }

  #meet(to: ToCustomer, invited: boolean): void {
    const session = new Session(to, this.#pages(), this.#files)
    this.#newest = to
    let asked = false
    let assisting = false
    to.words.on('peer.phase', ({ phase, code }) => {
      if (phase === 'consenting' && !assisting) {
        asked = true
        this.emit('customer-joined', { participant: to.number, words: this.#joiner.driver.acquaintance(to.number)?.words ?? [] })
        if (!invited) this.#ask()
      }
      if (phase === 'gone' && !assisting && code !== undefined) this.#declined(code, asked)
    })
    to.whenReady(() => {
      assisting = true
      this.#sessions.push(session)
    })
  }

  #ask(): void {
    const { permissions = ORDINARY_PERMISSIONS, reason = '' } = this.#asking
    if (permissions.length > 0) this.ask(permissions, reason)
  }

  /** The customer said no, or did not answer; to be gone while it decides is no answer, nor is a handshake that failed, of which is told elsewhere. */
  #declined(code: CloseCode, asked: boolean): void {
    if (code === CloseCode.CONSENT_DENIED || code === CloseCode.TIMEOUT || code === CloseCode.NOT_ADMITTED)
      for (const fail of [...this.#failures]) fail(closeError(code))
    else if (asked && this.#joiner.ended === undefined) this.emit('customer-failed', closeError(code))
  }

  #pages(): GuestPages {
    const { joinUrl = '', viewUrl = '' } = this.#place?.created ?? {}
    const view = viewUrl === '' ? joinUrl : viewUrl
    return { viewUrl: view, agentUrl: view === '' ? '' : new URL('/agent', view).href }
  }
}
