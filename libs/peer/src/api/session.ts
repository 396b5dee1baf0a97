import {
  type ClipboardFormat,
  Direction,
  type ElevationPhase,
  type ElevationReason,
  Notice_Kind,
  type Participant,
  type Permission,
  type PlatformInfo,
  Role,
  type Screen,
} from '@remote-assist/codec'
import { effectivePolicy, type JoinerChannelCall, type JoinerNotice } from '@remote-assist/core'
import { Emitter } from '../emitter.js'
import { type AssistError, refusalError } from '../errors.js'
import { fileChannel, NO_FILES } from '../file-port.js'
import { Files } from '../files/files.js'
import type { FileOffer } from '../files/offer.js'
import type { FilePlatform } from '../files/store.js'
import type { Mask } from '../host.js'
import { type InviteLink, inviteUrl, toBase64Url } from '../pin.js'
import { Clipboard } from './clipboard.js'
import { type Elevated, type ElevateOptions, ElevationDesk } from './elevation.js'
import type { ComboName } from './hid.js'
import { Control, type ControlState, Input, type SendKeysAnswer } from './input.js'
import type { SignedCapability, ToCustomer } from './joiner.js'
import type { Quality } from './quality.js'
import { Screens } from './screens.js'
import { type Annotation, Annotations, annotationOf, Chat, type ChatLine } from './talk.js'

/** How the customer stands. `suspended`: its line, or ours, dropped; it may come back. */
export type CustomerPhase = 'securing' | 'consenting' | 'admission' | 'active' | 'paused' | 'suspended' | 'gone'

/** A word about pointer, secure desktop or masks. */
export type Shown = Extract<JoinerNotice, { readonly kind: 'screen.shown' }>['message']

/** What both agents and viewers hear. */
export interface WatchEvents {
  /** Everybody, whenever anything about anybody changed. */
  readonly participants: readonly Participant[]
  /** What this end may do now; the whole of it. */
  readonly grant: readonly Permission[]
  readonly 'screen-list': readonly Screen[]
  /** Pointer image and place. */
  readonly cursor: Extract<Shown, { readonly $case: 'cursorShape' | 'cursorUse' | 'cursorPosition' }>
  /** The operating system shows what cannot be captured. */
  readonly 'secure-desktop': { readonly active: boolean; readonly reason: string }
  /** The regions that the customer shows nobody; the whole list. */
  readonly masks: readonly Mask[]
  readonly chat: ChatLine
  /** Who leads; the participant's number. */
  readonly lead: number
  readonly recording: { readonly participant: number; readonly recording: boolean }
  /** The customer says that the words are the same on both screens: `wordsConfirmed` holds from now on. */
  readonly words: undefined
  /** Round trip to the customer, ms. */
  readonly quality: { readonly rttMs: number }
  /** The line to the broker. */
  readonly line: LineState
  readonly phase: CustomerPhase
  /** It is over, and why. The last event. */
  readonly ended: AssistError
}

/** What an agent hears. */
export interface SessionEvents extends WatchEvents {
  readonly control: ControlState
  /** The local user is at work (or no longer): input is dropped for a moment. */
  readonly 'local-user': boolean
  /** Input was not applied: the number of events, and why. */
  readonly 'input-rejected': { readonly count: number; readonly reason: AssistError }
  /** The customer copied something; empty = it was withdrawn. */
  readonly clipboard: readonly ClipboardFormat[]
  readonly 'clipboard-sync': { readonly direction: 'toCustomer' | 'fromCustomer'; readonly on: boolean; readonly refused: AssistError | undefined }
  /** The customer offers files: accept or refuse. Without a listener it is refused; what answers `files.ask` goes there instead. */
  readonly file: FileOffer
  /** `leftMs`: with ELEVATED, how long the powers last. */
  readonly elevation: { readonly phase: ElevationPhase; readonly reason: ElevationReason; readonly leftMs?: number }
  readonly annotation: Annotation
  readonly platform: PlatformInfo
  /** The session has lasted almost as long as it may: it ends in so many milliseconds. */
  readonly 'limit-near': { readonly leftMs: number }
  /** The customer's audit log cannot be followed any more: an entry was not the next one, or a signature is wrong. Or it can no longer be kept here. */
  readonly 'audit-broken': AssistError
}

/** An invitation that the customer will answer. */
export interface Invitation {
  /** For the guest, with the secret in the fragment. */
  readonly url: string
  /** It lets nobody in from then on, ms since 1970. */
  readonly expiresAtMs: number
  /** The participant that the customer let in by it, as the broker tells; undefined = nobody yet, or it is gone. It lets one in, once. */
  readonly joined: number | undefined
  /** Takes it back. `removeJoined`: who came by it goes as well. */
  revoke(options?: { readonly removeJoined?: boolean }): void
}

/** What an invitation allows. */
export interface InviteOptions {
  readonly role: 'viewer' | 'agent'
  /** Default 60. */
  readonly minutes?: number
  /** The most that may be granted; absent = what the role can have. */
  readonly ceiling?: readonly Permission[]
  /** Id and secret, where they were made before; they must not have been used. Default new ones. */
  readonly link?: InviteLink
}

/** The line to the broker: it is tried again while it is down. */
export type LineState = 'up' | 'attaching' | 'down'

/** Passes the state of the line on when it changed: each attempt that fails says again that it is down. */
export function onChange(tell: (state: LineState) => void): (word: { readonly state: LineState }) => void {
  let last: LineState | undefined
  return ({ state }) => {
    if (state === last) return
    last = state
    tell(state)
  }
}

/** Passes what both agents and viewers hear on to the events that they have in common. */
export function watch({ words }: ToCustomer, emit: <K extends keyof WatchEvents>(name: K, event: WatchEvents[K]) => void): void {
  words.on('participants', ({ participants }) => emit('participants', participants))
  words.on('peer.grants', ({ grants }) =>
    emit(
      'grant',
      grants.map(({ permission }) => permission),
    ),
  )
  words.on('screen.list', ({ layout }) => emit('screen-list', layout.screens))
  words.on('screen.shown', ({ message }) => {
    if (message.$case === 'secureDesktop') emit('secure-desktop', message.value)
    else if (message.$case === 'maskedRegions') emit('masks', message.value.regions)
    else emit('cursor', message)
  })
  words.on('chat.received', ({ chat }) => emit('chat', chat))
  words.on('lead', ({ participant }) => emit('lead', participant))
  words.on('recording', ({ participant, recording }) => emit('recording', { participant, recording }))
  words.on('words', () => emit('words', undefined))
  words.on('quality', ({ rttMs }) => emit('quality', { rttMs }))
  words.on(
    'session.link',
    onChange(state => emit('line', state)),
  )
  words.on('peer.phase', ({ phase }) => emit('phase', phase))
}

/** What an agent needs to make URLs for guests. */
export interface GuestPages {
  readonly viewUrl: string
  readonly agentUrl: string
}

/**
 * A session as an agent has it, from the customer's consent to the end.
 *
 * What the grants do not allow rejects or throws with `AssistError`, whose `code` says why and whose `hint` what to do. The event `ended` is the last.
 */
export class Session extends Emitter<SessionEvents> {
  readonly screens: Screens
  readonly control: Control
  readonly input: Input
  readonly clipboard: Clipboard
  readonly chat: Chat
  readonly annotations: Annotations
  /** Files and folders, both ways. */
  readonly files: Files
  readonly #elevation: ElevationDesk
  readonly #to: ToCustomer
  readonly #pages: GuestPages
  #rttMs: number | undefined
  readonly #asked = new Map<number, { readonly resolve: (granted: readonly Permission[]) => void; readonly reject: (error: Error) => void }>()

  constructor(to: ToCustomer, pages: GuestPages, platform: FilePlatform = NO_FILES) {
    super()
    this.#to = to
    this.#pages = pages
    this.screens = new Screens(to)
    this.control = new Control(to)
    this.input = new Input(to, this.screens)
    this.clipboard = new Clipboard(to)
    this.chat = new Chat(to)
    this.annotations = new Annotations(to)
    this.#elevation = new ElevationDesk(to)
    const { driver, words } = to
    const channel = fileChannel('agent', {
      call: event => to.call('file', event as Extract<JoinerChannelCall, { readonly channel: 'file' }>['event']),
      now: () => driver.now(),
      later: (ms, task) => driver.later(ms, task),
      room: () => driver.room(),
      burst: bytes => {
        driver.burstBytes = bytes
      },
      maxMessageBytes: () => driver.maxPlaintextBytes,
      maxFileBytes: () => effectivePolicy(driver.state.policy).maxFileBytes,
    })
    // A customer is nobody in particular: it proves a secret of this session, and has no name that outlasts it.
    this.files = new Files({ channel, platform, peer: () => 'customer' })
    this.#listen()
    words.on('peer.decided', ({ requestId, granted, reason }) => {
      const asked = this.#asked.get(requestId)
      this.#asked.delete(requestId)
      if (granted.length > 0) asked?.resolve(granted)
      else asked?.reject(refusalError(reason))
    })
  }

  /** Everybody who is in the session, as the customer says. */
  get participants(): readonly Participant[] {
    return this.#to.customer?.participants ?? []
  }

  /** This agent's number. */
  get self(): number {
    return this.#to.driver.self
  }

  /** How the customer stands. */
  get phase(): CustomerPhase {
    return this.#to.customer?.machine.phase ?? 'gone'
  }

  /** What the customer lets this agent do, signed by it, for a quarter of an hour; undefined if it has said nothing that is valid now. */
  get capability(): SignedCapability | undefined {
    return this.#to.capability
  }

  /** Three words that the customer's screen shows as well, unless somebody stands between: compare them by voice. Empty while the line is down. */
  get words(): readonly string[] {
    return this.#to.driver.acquaintance(this.#to.number)?.words ?? []
  }

  /** The customer said, with its question or later, that these words are the same on both screens; of other words, after a return, it has not. */
  get wordsConfirmed(): boolean {
    return this.#to.customer?.wordsConfirmed ?? false
  }

  /** Tells the customer that the words were compared and are the same; what they open is for the customer to say. */
  confirmWords(): void {
    this.#to.dispatch({ type: 'local.say', kind: { $case: 'wordsConfirmed', value: { participant: this.self } } })
  }

  /** What the customer granted this agent, while it is in the session. */
  get grants(): readonly Permission[] {
    const machine = this.#to.customer?.machine
    return machine?.phase === 'active' || machine?.phase === 'paused' ? machine.grants.map(({ permission }) => permission) : []
  }

  /** How well the line to the customer does, as measured until now. */
  get quality(): Quality {
    return { rttMs: this.#rttMs, ...this.screens.quality }
  }

  /** What the customer's computer is and can do; undefined until it said so. */
  get platform(): PlatformInfo | undefined {
    return this.#to.customer?.platform
  }

  /** Asks the customer for more. Resolves to what was granted; rejects if nothing was. */
  ask(permissions: readonly Permission[], reason = ''): Promise<readonly Permission[]> {
    const requestId = this.#to.joiner.nextId()
    return new Promise((resolve, reject) => {
      this.#asked.set(requestId, { resolve, reject })
      try {
        this.#to.dispatch({ type: 'local.ask', requestId, permissions, reason })
      } catch (error) {
        this.#asked.delete(requestId)
        reject(error)
      }
    })
  }

  /** Asks for a combination that a browser or desktop keeps for itself, and tells why not if not. */
  sendKeys(combo: ComboName): Promise<SendKeysAnswer> {
    return this.input.sendKeys(combo)
  }

  /** The customer's computer takes the credentials of an account, in the place of its own prompt: `elevate({ credentials })`. */
  get takesCredentials(): boolean {
    return this.#elevation.takesCredentials
  }

  /** For how many minutes elevated powers can be had at most, as the administrator decided; 0 = not at all. */
  get maxElevationMinutes(): number {
    return effectivePolicy(this.#to.driver.state.policy).maxElevationMs / 60_000
  }

  /** Gives elevated powers up, or the request for them; nothing to give up is fine. */
  dropElevation(): void {
    this.#elevation.drop()
  }

  /** Asks for elevated powers; resolves when they are there. */
  elevate(options: ElevateOptions): Promise<Elevated> {
    return this.#elevation.elevate(options)
  }

  /** Makes an invitation; resolves when the customer registered it, not before. The lead alone may: `E_POLICY`. */
  async invite({ role, minutes = 60, ceiling = [], link: given }: InviteOptions): Promise<Invitation> {
    const { random } = this.#to.joiner
    const link = given ?? { inviteId: random.bytes(16), secret: random.bytes(32) }
    const invite = {
      inviteId: link.inviteId,
      role: role === 'viewer' ? Role.VIEWER : Role.AGENT,
      secret: link.secret,
      expiresInMs: Math.round(minutes * 60_000),
      ceiling,
    }
    const expiresAtMs = this.#to.joiner.clock.date() + invite.expiresInMs
    await this.#to.request(requestId => ({ type: 'local.invite', requestId, invite }))
    const joined = () => this.#cameBy(link.inviteId)
    return {
      expiresAtMs,
      get joined() {
        return joined()
      },
      url: inviteUrl(role === 'viewer' ? this.#pages.viewUrl : this.#pages.agentUrl, link),
      revoke: ({ removeJoined = false } = {}) =>
        this.#to.dispatch({ type: 'local.say', kind: { $case: 'inviteRevoke', value: { inviteId: link.inviteId, removeJoined } } }),
    }
  }

  /** Agents see nobody in the roster whom the customer has not let in. */
  #cameBy(inviteId: Uint8Array): number | undefined {
    const { session } = this.#to.driver.state
    if (session.phase !== 'live') return undefined
    const id = toBase64Url(inviteId)
    return session.roster.entries.find(entry => toBase64Url(entry.inviteId) === id)?.participant
  }

  /** Has a participant removed; the lead alone may. Resolves when it is gone. */
  remove(participant: number): Promise<void> {
    return this.#to.request(requestId => ({ type: 'local.remove', requestId, participant }))
  }

  /** Tells everybody that this agent records, or no longer. Needs RECORD. */
  announceRecording(recording: boolean): void {
    this.#to.dispatch({ type: 'local.say', kind: { $case: 'recordingState', value: { participant: this.self, recording } } })
  }

  /** Leaves; the others stay, unless `endSession` and this agent leads. */
  leave({ endSession = false }: { readonly endSession?: boolean } = {}): void {
    this.#to.joiner.leave(endSession)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.leave()
  }

  #listen(): void {
    const { words, driver } = this.#to
    this.#to.joiner.words.on('audit-broken', error => this.emit('audit-broken', error))
    watch(this.#to, (name, event) => this.emit(name, event as never))
    words.on('quality', ({ rttMs }) => {
      this.#rttMs = rttMs
    })
    words.on('control', () => this.emit('control', this.control.state))
    words.on('input.localUser', ({ active }) => this.emit('local-user', active))
    words.on('input.rejected', ({ count, reason }) => this.emit('input-rejected', { count, reason: refusalError(reason) }))
    words.on('clipboard.offered', () => this.emit('clipboard', this.clipboard.offered))
    words.on('clipboard.withdrawn', () => this.emit('clipboard', []))
    words.on('clipboard.switched', ({ direction, on, reason }) =>
      this.emit('clipboard-sync', {
        direction: direction === Direction.TO_CUSTOMER ? 'toCustomer' : 'fromCustomer',
        on,
        refused: reason === 0 ? undefined : refusalError(reason),
      }),
    )
    words.on('elevation.changed', ({ phase, reason, expiresAt }) =>
      this.emit('elevation', { phase, reason, ...(expiresAt !== undefined && { leftMs: Math.max(0, expiresAt - driver.now()) }) }),
    )
    words.on('annotation.received', ({ message }) => this.emit('annotation', annotationOf(message)))
    words.on('annotation.faded', ({ from, strokeId }) => this.emit('annotation', { do: 'fade', from, strokeId }))
    words.on('annotation.rested', ({ from }) => this.emit('annotation', { do: 'rest', from }))
    words.on('session.notice', ({ notice: { kind, amount } }) => kind === Notice_Kind.LIMIT_NEAR && this.emit('limit-near', { leftMs: Number(amount) }))
    words.on('platform', ({ platform }) => this.emit('platform', platform))
    words.on('file', notice => this.files.notice(notice))
    this.files.on('offer', offer => (this.heard('file') ? this.emit('file', offer) : offer.refuse()))
    words.on('over', error => {
      for (const { reject } of this.#asked.values()) reject(error)
      this.#asked.clear()
      this.files.close(error)
      this.emit('ended', error)
    })
  }
}
