import { CloseCode, type Participant, type Permission, RefusalReason, Role } from '@remote-assist/codec'
import { type CustomerNotice, effectivePolicy, LocalProtocolError } from '@remote-assist/core'
import { linkSecret, pinSecret, rejoinSecret } from '@remote-assist/secure'
import type { Transport } from '@remote-assist/transport'
import type { AuditSink } from '../audit/sink.js'
import { systemClock } from '../clock.js'
import { Desktop } from '../desktop/desktop.js'
import { capabilitiesOf, platformOf } from '../desktop/wire.js'
import { Emitter } from '../emitter.js'
import { AssistError, cancelled, closeError, refusalError } from '../errors.js'
import { type FileNotice, fileChannel, NO_FILES } from '../file-port.js'
import { Files } from '../files/files.js'
import type { FileAsk, FileOffer } from '../files/offer.js'
import type { FilePlatform } from '../files/store.js'
import type { Host, Mask, RejoinTicket } from '../host.js'
import { parseCustomerUrl, parsePin } from '../pin.js'
import { deskOfTold } from '../security/code-desk.js'
import type { Trust } from '../security/organisation.js'
import { type Asker, ConsentRequest, ElevationQuestion } from './consent.js'
import { CustomerEnd } from './customer-end.js'
import { Identities } from './identities.js'
import { type Surroundings, surroundingsOf } from './joiner.js'
import { type AnyQuestion, answered, msOf, Questions } from './questions.js'
import { RejoinDesk, type RejoinQuestion } from './rejoin.js'
import { type LineState, onChange } from './session.js'
import { type Annotation, annotationOf, type ChatLine } from './talk.js'

/** How a customer joins: by the PIN that it was told, the URL that it opened, or the ticket that was kept over a restart. */
export type JoinOptions = Surroundings & {
  readonly transport: Transport
  /** What is shared. It belongs to the customer from now on and is closed with it. */
  readonly host: Host
  readonly displayName?: string
  /** The files of this platform, `diskFiles` in Node: to give by path, and to take what agents send. Default none. */
  readonly files?: FilePlatform
  /** The organisations whose word counts. Default: nobody's, and every agent is unverified. */
  readonly trust?: Trust
  /** Keeps the audit log: `auditFile` in Node. Default: it is not kept here; agents may keep theirs. */
  readonly audit?: AuditSink
  readonly signal?: AbortSignal
} & ({ readonly pin: string } | { readonly url: string } | { readonly ticket: RejoinTicket })

/** What a customer hears. */
export interface CustomerEvents {
  /** Somebody asks for permissions: answer, or silence denies. */
  readonly consent: ConsentRequest
  /** An agent asks for elevated powers: answer, or silence denies. */
  readonly elevation: ElevationQuestion
  /** An agent asks whether this end may come back by itself after a restart: answer, or silence denies. */
  readonly rejoin: RejoinQuestion
  /** A ticket lies ready, or (false) there is none any more. */
  readonly 'rejoin-ready': boolean
  /** Everybody, whenever anything about anybody changed; before anybody new receives a pixel. */
  readonly participants: readonly Participant[]
  /** Who is in control; 0 = nobody. `heldOff`: the local user is at work. */
  readonly control: { readonly holder: number; readonly heldOff: boolean }
  readonly chat: ChatLine
  /** What an agent draws on the picture: show it to the local user. */
  readonly annotation: Annotation
  readonly recording: { readonly participant: number; readonly recording: boolean }
  /** An agent offers files: accept or refuse. Without a listener it is refused. */
  readonly file: { readonly participant: number; readonly offer: FileOffer }
  /** An agent asks for files: give or decline. Without a listener it is declined. */
  readonly 'file-ask': { readonly participant: number; readonly ask: FileAsk }
  readonly quality: { readonly participant: number; readonly rttMs: number }
  /** This participant's user says that the words are the same on both screens. Only `confirmWords` makes them count. */
  readonly words: { readonly participant: number }
  /** The line to the broker. */
  readonly line: LineState
  readonly paused: boolean
  /** A participant does not agree with the audit log, or (0) it can no longer be kept here. */
  readonly 'audit-broken': { readonly participant: number; readonly error: AssistError }
  /** The desktop could not do what was asked; the session goes on. */
  readonly 'host-error': Error
  /** It is over, and why. The last event. */
  readonly ended: AssistError
}

/** Most bytes of a line of chat. */
const MAX_CHAT_BYTES = 4_096

/**
 * A customer: shares a desktop, decides who may do what, and ends it at any moment.
 *
 * `join` attaches by a code, and rejects with `AssistError`. Nobody sees or does anything before the event `consent` is answered; `stop` ends everything at once.
 */
export class Customer extends Emitter<CustomerEvents> {
  readonly #end: CustomerEnd
  readonly #host: Host
  readonly #desktop: Desktop
  readonly #questions: Questions
  readonly #rejoin: RejoinDesk
  /** What was agreed to before the restart; the first question is answered by it. */
  #agreed: readonly Permission[]
  #leaving = false
  readonly #files = new Map<number, Files>()
  readonly #platform: FilePlatform
  readonly #identities: Identities
  #participants: readonly Participant[] = []
  #paused = false
  #nextLine = 1
  readonly #line = onChange(state => this.emit('line', state))
  #closed: Promise<void> | undefined

  private constructor(end: CustomerEnd, host: Host, options: JoinOptions) {
    super()
    const { files = NO_FILES, trust } = options
    this.#agreed = 'ticket' in options ? options.ticket.permissions : []
    this.#platform = files
    this.#identities = new Identities(end, trust)
    this.#end = end
    this.#host = host
    this.#questions = new Questions({
      end,
      asker: participant => this.#asker(participant),
      whenKnown: (participant, listener) => this.#identities.whenKnown(participant, listener),
      put: question => this.#put(question),
    })
    const failed = (error: unknown) => this.emit('host-error', error instanceof Error ? error : new Error(String(error)))
    this.#rejoin = new RejoinDesk({
      host: host.rejoin,
      clock: end.clock,
      random: end.random,
      asker: participant => this.#asker(participant),
      grants: participant => this.#participants.find(it => it.participant === participant)?.grants ?? [],
      tell: event => end.ended === undefined && answered(() => end.dispatch({ type: 'local.rejoin', event })),
      put: (question, participant) => this.#questions.ask(question, participant),
      failed,
    })
    this.#desktop = new Desktop(end, host, failed)
    end.words.on('audit-broken', broken => this.emit('audit-broken', broken))
    end.words.on('word', ({ notice, peer }) => this.#hear(notice, peer))
  }

  /**
   * Joins. Resolves when the agent's end proved that it knows the same secret; nothing is shared yet. Rejects with `E_PIN_FORMAT`, `E_PIN_WRONG`,
   * `E_CODE_UNKNOWN`, `E_CODE_EXPIRED`, `E_CODE_USED`, `E_CONNECT` …; the host is closed then.
   */
  static async join(options: JoinOptions): Promise<Customer> {
    const { transport, host, displayName = '', signal } = options
    if ('ticket' in options && options.ticket.expiresAtMs <= (options.clock ?? systemClock).date()) {
      await host.close()
      throw new AssistError('E_CODE_EXPIRED', 'The ticket for the way back is older than ten minutes.', { hint: 'Ask the agent for a new PIN.' })
    }
    const { pin, secret, desk } = codeOf(options)
    const end = new CustomerEnd({
      transport,
      config: { platform: platformOf(host), capabilities: capabilitiesOf(host), restarted: 'ticket' in options },
      hello: { locator: pin.locator, displayName },
      secret,
      desk,
      audit: options.audit,
      ...surroundingsOf(options),
    })
    const customer = new Customer(end, host, options)
    try {
      await desk?.rested(signal)
      await customer.#enter(signal)
    } catch (error) {
      end.dispatch({ type: 'local.leave', code: CloseCode.LEFT })
      await customer.close()
      throw error
    }
    return customer
  }

  /** Everybody who is in the session. */
  get participants(): readonly Participant[] {
    return this.#participants
  }

  /** Nothing is seen or done at the moment. */
  get paused(): boolean {
    return this.#paused
  }

  override on<K extends keyof CustomerEvents>(name: K, listener: (event: CustomerEvents[K]) => void): () => void {
    const stop = super.on(name, listener)
    if (name === 'consent' || name === 'elevation' || name === 'rejoin') queueMicrotask(() => this.#questions.retell())
    return stop
  }

  /** Pictures, input and clipboard stand still; transfers are on hold. */
  pause(): void {
    this.#end.dispatch({ type: 'local.pause' })
    this.#paused = true
    this.emit('paused', true)
  }

  /** Goes on. */
  unpause(): void {
    this.#end.dispatch({ type: 'local.unpause' })
    this.#paused = false
    this.emit('paused', false)
  }

  /** Ends everything, for everybody, now: no picture leaves and no input arrives from here on. */
  stop(): void {
    this.#desktop.halt()
    this.#end.audit.end(CloseCode.STOPPED)
    this.#end.dispatch({ type: 'local.stop' })
  }

  /** Leaves; the same as `stop` for whoever is there, said kindly. A ticket for the way back stays: this is how a program ends whose computer is started again. */
  leave(): void {
    this.#leaving = true
    this.#desktop.halt()
    this.#end.dispatch({ type: 'local.leave', code: CloseCode.LEFT })
  }

  /** Gives a participant a permission, for a while or for the session. */
  grant(permission: Permission, participant: number, { minutes }: { readonly minutes?: number } = {}): void {
    this.#tell(participant, { type: 'local.grant', permission, expiresInMs: msOf(minutes) })
  }

  /** Takes a permission back; what stands on it ends at once. */
  revoke(permission: Permission, participant: number): void {
    this.#tell(participant, { type: 'local.revoke', permission })
  }

  /**
   * Nobody sees these regions from now on, whatever is shown there; the whole list, in the place of the one before. Those that the host knows of are masked
   * as well. They are painted over before anything is encoded, and everybody who sees is told where they are.
   */
  mask(regions: readonly Mask[]): void {
    this.#desktop.mask(regions)
  }

  /** Turns a participant out. */
  remove(participant: number): void {
    this.#tell(participant, { type: 'local.remove', code: CloseCode.REMOVED })
  }

  /** Three words that this participant's screen shows as well, unless somebody stands between: compare them by voice. Empty while its line is down. */
  words(participant: number): readonly string[] {
    return this.#end.driver.acquaintance(participant)?.words ?? []
  }

  /** The user says that the words are the same on both screens. */
  confirmWords(participant: number): void {
    try {
      this.#end.dispatch({ type: 'local.words', peer: participant })
    } catch (error) {
      throw error instanceof LocalProtocolError ? refusalError(RefusalReason.NOT_ACTIVE) : error
    }
  }

  /** Takes an agent's elevated powers back. */
  dropElevation(participant: number): void {
    this.#end.late(participant, 'elevation', { type: 'local.drop' })
  }

  /** The user wants no way back any more; nothing to take back is fine. */
  cancelRejoin(): void {
    this.#end.dispatch({ type: 'local.rejoin', event: { type: 'local.cancel' } })
  }

  /** Says something to everybody who may chat. Throws `E_LIMIT` beyond 4,096 bytes. */
  say(text: string): void {
    if (text === '') return
    if (new TextEncoder().encode(text).length > MAX_CHAT_BYTES)
      throw new AssistError('E_LIMIT', 'The line is too long (4,096 bytes).', { hint: 'Send it in parts.' })
    this.#chat({ id: this.#nextLine++, from: this.#end.driver.self, text, atMs: 0n })
  }

  /** Files and folders to and from a participant, who is an agent. */
  files(participant: number): Files {
    const known = this.#files.get(participant)
    if (known !== undefined) return known
    const { driver } = this.#end
    const channel = fileChannel('customer', {
      call: event => this.#end.dispatch({ type: 'local.channel', peer: participant, channel: 'file', event } as Parameters<CustomerEnd['dispatch']>[0]),
      now: () => driver.now(),
      later: (ms, task) => driver.later(ms, task),
      room: () => driver.room(),
      burst: bytes => {
        driver.burstBytes = bytes
      },
      maxMessageBytes: () => driver.maxPlaintextBytes,
      maxFileBytes: () => effectivePolicy(driver.state.policy).maxFileBytes,
    })
    const files = new Files({ channel, platform: this.#platform, peer: () => this.#sender(participant) })
    files.on('offer', offer => (this.heard('file') ? this.emit('file', { participant, offer }) : offer.refuse()))
    files.on('ask', ask => (this.heard('file-ask') ? this.emit('file-ask', { participant, ask }) : ask.decline()))
    this.#files.set(participant, files)
    return files
  }

  /** Breaks the line as a network does; it comes back by itself within the grace period. */
  dropLine(): void {
    this.#end.driver.dropLine()
  }

  /** Stops, if that did not happen yet, and closes the host. */
  close(): Promise<void> {
    if (this.#end.ended === undefined) this.stop()
    this.#closed ??= Promise.all([this.#desktop.close(), this.#rejoin.rested()]).then(() => this.#host.close())
    return this.#closed
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  /** Resolves when an agent proved the secret. */
  async #enter(signal: AbortSignal | undefined): Promise<void> {
    if (signal?.aborted) throw cancelled(signal)
    const { words, driver } = this.#end
    let stops: readonly (() => void)[] = []
    const entered = new Promise<void>((resolve, reject) => {
      const aborted = () => reject(cancelled(signal as AbortSignal))
      signal?.addEventListener('abort', aborted, { once: true })
      stops = [
        words.on('peer.phase', ({ phase }) => phase === 'consenting' && resolve()),
        words.on('failed', ({ code, ...failure }) => reject(closeError(code, failure))),
        words.on('session.ended', () => reject(this.#end.ended)),
        () => signal?.removeEventListener('abort', aborted),
      ]
    })
    driver.start()
    await entered.finally(() => stops.map(stop => stop()))
  }

  #hear(notice: CustomerNotice, peer: number): void {
    this.#desktop.hear(notice, peer)
    this.#questions.hear(notice, peer)
    this.#rejoin.hear(notice, peer)
    switch (notice.kind) {
      case 'participants':
        this.#participants = notice.participants
        return this.emit('participants', notice.participants)
      case 'control':
        return this.emit('control', { holder: notice.holder, heldOff: notice.heldOff })
      case 'chat.received':
        return this.#chat(notice.chat)
      case 'annotation.received':
        return this.emit('annotation', annotationOf(notice.message))
      case 'annotation.faded':
        return this.emit('annotation', { do: 'fade', from: peer, strokeId: notice.strokeId })
      case 'annotation.rested':
        return this.emit('annotation', { do: 'rest', from: peer })
      case 'peer.phase':
        return this.#identities.look(peer)
      case 'rejoin.ready':
      case 'rejoin.over':
        return this.emit('rejoin-ready', notice.kind === 'rejoin.ready')
      case 'words':
        return this.emit('words', { participant: peer })
      case 'recording':
        return this.emit('recording', { participant: peer, recording: notice.recording })
      case 'quality':
        return this.emit('quality', { participant: peer, rttMs: notice.rttMs })
      case 'session.link':
        return this.#line(notice)
      case 'session.ended':
        return this.#over()
      default:
        return notice.kind.startsWith('file.') ? this.#file(peer, notice as FileNotice) : undefined
    }
  }

  #over(): void {
    this.#questions.close()
    this.#rejoin.end(this.#leaving)
    for (const files of this.#files.values()) files.close(this.#end.ended)
    this.emit('ended', this.#end.ended as AssistError)
    void this.close()
  }

  /** Whom what an agent sends is kept for: whoever its organisation says it is; one that nobody vouches for goes by the name that it gives itself. */
  #sender(participant: number): string {
    const { organisation, displayName } = this.#asker(participant)
    return JSON.stringify(organisation === undefined ? [displayName] : [organisation.name, organisation.subject])
  }

  #asker(participant: number): Asker {
    const peer = this.#end.driver.state.peers.get(participant)
    return {
      participant,
      role: peer?.role ?? Role.AGENT,
      displayName: peer?.displayName ?? '',
      organisation: this.#identities.of(participant),
      words: this.words(participant),
    }
  }

  #put(question: AnyQuestion): boolean {
    if (question instanceof ConsentRequest && this.#agreedBefore(question)) return true
    const kind = question instanceof ConsentRequest ? 'consent' : question instanceof ElevationQuestion ? 'elevation' : 'rejoin'
    if (!this.heard(kind)) return false
    this.emit(kind, question as never)
    return true
  }

  /** The first question after a restart, as far as the user has answered it before (RA-SES-172). What came by invitation asks for itself. */
  #agreedBefore(question: ConsentRequest): boolean {
    const granted = question.permissions.filter(permission => this.#agreed.includes(permission))
    const invited = this.#end.driver.state.peers.get(question.asker.participant)?.invite !== undefined
    if (invited || granted.length === 0) return false
    this.#agreed = []
    question.decide(granted)
    return true
  }

  #chat(line: ChatLine): void {
    const chat = { ...line, atMs: BigInt(this.#end.clock.date()) }
    this.#end.dispatch({ type: 'local.chat', chat })
    this.emit('chat', chat)
  }

  #file(participant: number, notice: FileNotice): void {
    this.files(participant).notice(notice)
  }

  #tell(peer: number, event: Extract<Parameters<CustomerEnd['dispatch']>[0], { readonly type: 'local.peer' }>['event']): void {
    try {
      this.#end.dispatch({ type: 'local.peer', peer, event })
    } catch (error) {
      throw error instanceof LocalProtocolError ? refusalError(1) : error
    }
  }
}

const codeOf = (options: JoinOptions) => {
  if ('url' in options) {
    const link = parseCustomerUrl(options.url)
    return { pin: link.pin, secret: linkSecret(link), desk: undefined }
  }
  if ('ticket' in options) {
    const { locator, secret } = options.ticket
    return { pin: { locator }, secret: rejoinSecret(secret), desk: undefined }
  }
  const pin = parsePin(options.pin)
  return { pin, secret: pinSecret(pin), desk: deskOfTold(pin.digits, options.clock ?? systemClock) }
}
