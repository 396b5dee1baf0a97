import { hex, sha256, unlv } from '../crypto/bytes.js'
import { signCapability } from '../crypto/capability.js'
import type { Established } from '../crypto/exchange.js'
import { policyHash } from '../crypto/forms.js'
import { credentialKeyForm, credentialsInfo, type HpkeKey, hpkeKey, hpkeOpen } from '../crypto/hpke.js'
import { enumOf, enumValue } from '../wire/schema.js'
import { CustomerAudit } from './customer-audit.js'
import type { EndPlayer, Seat } from './end-player.js'
import { pictureOf } from './picture.js'
import type { Arrival, ChannelName, Fields } from './player.js'

/** What a well-mannered customer states, answers and shows to one testee. Each part is off while the player's manner of that name is. */

const CAPABILITY_MS = 900_000
const SCREEN: Fields = { screenId: 1, name: 'Main', x: 0, y: 0, width: 64, height: 48, scalePercent: 100, rotation: 0, primary: true }

export interface Decided {
  readonly requestId?: number
  readonly expiresInMs?: number
  /** Why nothing is granted. */
  readonly reason?: string
}

/** The customer whose desk it is. */
export interface DeskOwner extends EndPlayer {
  /** The role of the testee. */
  readonly joinerRole: 'AGENT' | 'VIEWER'
  /** Begins a media epoch; the message that announces it. */
  newEpoch(): Fields
}

export class Desk {
  /** Permissions that the testee holds, by name. */
  grants: readonly string[] = []
  screens: readonly Fields[] = [SCREEN]
  paused = false
  /** Others that `Participants` lists, beside the customer and the testee. */
  others: readonly Fields[] = []
  readonly audit: CustomerAudit
  #granted = false
  #greeted = false
  #subscribed: number | undefined
  #frame = 0
  #revision = 0
  #serial = 0
  #lease = { holder: 0, leaseEpoch: 0 }
  #key = new Uint8Array(0) as Uint8Array
  #layout = 1
  #credentials: { readonly requestId: number; readonly key: HpkeKey } | undefined

  constructor(
    private readonly player: DeskOwner,
    private readonly seat: Seat,
    private readonly known: Record<string, unknown>,
  ) {
    this.audit = new CustomerAudit(player, seat)
    Object.assign(known, { leaseEpoch: 0, layoutEpoch: this.#layout })
  }

  /** The testee has been granted something, at one time. */
  get granted(): boolean {
    return this.#granted
  }

  lost(): void {
    this.audit.lost()
    this.#greeted = false
    this.#subscribed = undefined
    this.#lease = { ...this.#lease, holder: 0 }
  }

  secured({ counterpart, secret }: Established): void {
    this.#key = counterpart.publicKey
    const key = hex(counterpart.publicKey)
    const participant = String(this.player.counterpart)
    if (this.audit.length === 0) this.audit.append('session.begun', { broker: '127.0.0.1', policy: hex(policyHash(this.seat.policy)) })
    if (secret.passwordClass === 'RESUME') this.audit.append('session.resumed', { key, participant })
    else this.audit.append('participant.joined', { key, name: 'Testee', organisation: 'unverified', participant, role: String(this.#roleNumber()) })
  }

  /** States what everybody may know once a testee is secured and the customer admitted; after a return, all that holds. */
  greet(): void {
    if (this.#greeted) return
    this.#greeted = true
    if (!this.player.manners.inform) return
    this.#say('SESSION', { platformInfo: { os: 'VIRTUAL', version: '1', canElevate: true, canSendSecureKeys: true, canControl: true } })
    this.participants()
    if (this.#granted) this.#state('RESUME')
  }

  /** Decides on a question of the testee: nothing granted is a refusal. */
  decide(grants: readonly string[], { requestId = 0, expiresInMs = 0, reason = 'DENIED' }: Decided = {}): void {
    // Who came by invitation is a candidate until the customer has decided.
    if (grants.length > 0) this.seat.relay({ admit: { participant: this.player.counterpart } })
    const granted = grants.map(permission => ({ permission, expiresInMs }))
    this.#say('SESSION', { decision: { requestId, granted, reason: grants.length === 0 ? reason : 'UNSPECIFIED' } })
    this.audit.append('consent.decided', { participant: String(this.player.counterpart), permissions: permissionNumbers(grants).join(',') })
    if (grants.length > 0) this.setGrants([...new Set([...this.grants, ...grants])])
  }

  /** Gives and takes grants: the whole set. */
  setGrants(grants: readonly string[], source = 'CUSTOMER'): void {
    const first = !this.#granted
    const saw = this.grants.includes('VIEW_SCREEN')
    this.grants = grants
    this.#granted = true
    if (first || saw !== grants.includes('VIEW_SCREEN')) this.#state(source)
    else this.#stateGrants(source)
  }

  #state(source: string): void {
    this.#stateGrants(source)
    this.#say('SESSION', { controlLease: this.#lease })
    if (this.paused) this.#say('SESSION', { pause: {} })
    if (this.grants.includes('VIEW_SCREEN')) {
      this.rekey()
      this.screenList()
    } else this.#unsubscribe('NO_GRANT')
    this.audit.flush()
  }

  #stateGrants(source: string): void {
    const grants = this.grants.map(permission => ({ permission, expiresInMs: 0 }))
    this.#say('SESSION', { grantChanged: { participant: this.player.counterpart, grants, source } })
    this.participants()
    this.#say('SESSION', { capability: { signed: this.capability() } })
  }

  /** A signed capability of what the testee holds now. */
  capability(): Uint8Array {
    const notBefore = Date.now() - 1_000
    const one = {
      session: this.seat.sessionId,
      participant: this.player.counterpart,
      publicKey: this.#key,
      role: this.#roleNumber(),
      permissions: permissionNumbers(this.grants),
      notBefore,
      expires: notBefore + CAPABILITY_MS,
      epoch: Number(this.known.mediaEpoch ?? 0),
      serial: ++this.#serial,
    }
    return signCapability(one, this.player.key)
  }

  /** Sends `Participants` as it stands. */
  participants(): void {
    const { counterpart, joinerRole, number } = this.player
    const waiting = joinerRole === 'AGENT' ? 'CONSENTING' : 'ADMISSION'
    const phase = this.#granted ? (this.paused ? 'PAUSED' : 'ACTIVE') : waiting
    const testee = {
      participant: counterpart,
      role: joinerRole,
      phase,
      lead: joinerRole === 'AGENT' && !this.others.some(({ lead }) => lead === true),
      inControl: this.#lease.holder === counterpart,
      displayName: 'Testee',
      grants: this.grants,
    }
    const list = [{ participant: number, role: 'CUSTOMER', phase: 'ACTIVE', displayName: 'Customer' }, testee, ...this.others] as readonly Fields[]
    const participants = [...list].sort((a, b) => Number(a.participant) - Number(b.participant))
    this.#say('SESSION', { participants: { revision: ++this.#revision, participants } })
  }

  /** Gives the control lease to `holder` (0 = nobody), under the next epoch. */
  lease(holder: number): void {
    this.#lease = { holder, leaseEpoch: this.#lease.leaseEpoch + 1 }
    this.known.leaseEpoch = this.#lease.leaseEpoch
    this.#say('SESSION', { controlLease: this.#lease })
    this.participants()
  }

  /** Pauses, or goes on. */
  pause(paused: boolean): void {
    this.paused = paused
    this.#say('SESSION', paused ? { pause: {} } : { unpause: {} })
    this.participants()
    if (!paused && this.#subscribed !== undefined) this.keyFrame(this.#subscribed)
  }

  /** Stops the session: the log is ended and signed, everybody told, the broker too. */
  stop(): void {
    this.audit.end(101)
    this.#say('SESSION', { stop: { code: 'STOPPED' } })
    this.seat.relay({ bye: { code: 'STOPPED', endSession: true } })
  }

  /** Announces a new media epoch. */
  rekey(): void {
    this.#say('SESSION', this.player.newEpoch())
  }

  /** Sends the list of screens; with other screens, under the next layout epoch. */
  screenList(screens: readonly Fields[] = this.screens): void {
    if (screens !== this.screens) this.known.layoutEpoch = ++this.#layout
    this.screens = screens
    this.#say('SCREEN', { screenList: { layoutEpoch: this.#layout, screens } })
    if (!screens.some(({ screenId }) => screenId === this.#subscribed)) this.#unsubscribe('NOT_FOUND')
    else if (this.#subscribed !== undefined && !this.paused) this.keyFrame(this.#subscribed)
  }

  /** Ends the subscription, if there is one. */
  #unsubscribe(reason: string): void {
    if (this.#subscribed !== undefined) this.#say('SCREEN', { subscription: { screenId: this.#subscribed, state: 'ENDED', reason } })
    this.#subscribed = undefined
  }

  /** Sends a key frame of a screen: a small picture, RAW. */
  keyFrame(screenId: number): void {
    const screen = this.screens.find(one => one.screenId === screenId)
    if (screen === undefined) throw new Error(`There is no screen ${screenId}.`)
    const picture = pictureOf(Math.min(64, Number(screen.width)), Math.min(64, Number(screen.height)), ++this.#frame)
    const { width, height, raw } = picture
    Object.assign(this.known, { frameId: this.#frame, pictureSha256: picture.sha256 })
    const rects = [{ x: 0, y: 0, width, height, codec: 'RAW', data: raw }]
    const part = {
      screenId,
      layoutEpoch: this.#layout,
      frameId: this.#frame,
      baseFrameId: 0,
      part: 0,
      last: true,
      capturedAtUs: this.#frame,
      rects,
      width,
      height,
    }
    this.#say('MEDIA', { framePart: part })
  }

  /** Does what good manners ask after a message of the testee. */
  react({ channel, name, fields }: Arrival): void {
    const { manners } = this.player
    if (channel === 'ELEVATION' && name === 'credentials' && manners.credentials) this.#openCredentials(fields)
    if (channel === 'SCREEN' && manners.screen) this.#screen(name, fields)
    if (channel !== 'SESSION') return
    if (name === 'auditSign') this.#signed(fields)
    if (name === 'consentRequest' && manners.consent) this.decide(fields.permissions as string[], { requestId: Number(fields.requestId) })
    if (!manners.inform) return
    if (name === 'requestControl') this.lease(this.player.counterpart)
    else if (name === 'releaseControl') this.lease(0)
    else if (name === 'recordingState') this.#say('SESSION', { recordingState: { participant: this.player.counterpart, recording: fields.recording } })
    else if (name === 'inviteRegister') this.#invite(fields)
  }

  /** Keeps how far the testee has signed and whether that signature is over this log, then does what is due upon it. */
  #signed(fields: Fields): void {
    Object.assign(this.known, { auditSigned: Number(fields.index), auditValid: this.audit.verifies(fields, this.#key), auditLength: this.audit.length })
    this.audit.signed(fields)
  }

  /** Sends a key for the credentials of a request, signed as it has to be. */
  credentialKey(requestId: number): void {
    const key = hpkeKey()
    this.#credentials = { requestId, key }
    const signature = this.player.key.sign(credentialKeyForm(this.seat.sessionId, requestId, key.publicKey))
    this.#say('ELEVATION', { credentialKey: { requestId, key: key.publicKey, signature } })
  }

  /** Opens credentials with the key that was sent: into the facts `account` and `password`, or `credentialFault`. */
  #openCredentials({ requestId, hpke }: Fields): void {
    const waiting = this.#credentials
    if (waiting === undefined || waiting.requestId !== requestId) return
    this.#credentials = undefined
    try {
      const form = hpkeOpen(waiting.key, credentialsInfo(this.seat.sessionId, waiting.requestId), hpke as Uint8Array)
      const [account, password] = unlv(form).map(field => new TextDecoder().decode(field))
      Object.assign(this.known, { account, password })
    } catch (error) {
      this.known.credentialFault = String(error)
    }
  }

  #invite({ requestId, inviteId, role, expiresInMs, secret }: Fields): void {
    this.seat.relay({ setInvites: { invites: [{ inviteId, role, expiresInMs }] } })
    Object.assign(this.known, { inviteId, inviteSecretSha256: sha256(secret as Uint8Array) })
    this.#say('SESSION', { inviteRegistered: { requestId, inviteId } })
  }

  #screen(name: string, { screenId }: Fields): void {
    const known = this.screens.some(screen => screen.screenId === screenId)
    if (name === 'subscribe') {
      const reason = this.grants.includes('VIEW_SCREEN') ? 'NOT_FOUND' : 'NO_GRANT'
      const started = known && reason === 'NOT_FOUND'
      this.#say('SCREEN', { subscription: started ? { screenId, state: 'STARTED' } : { screenId, state: 'REFUSED', reason } })
      this.#subscribed = started ? Number(screenId) : undefined
    }
    if (name === 'unsubscribe') this.#subscribed = undefined
    if ((name === 'subscribe' || name === 'requestKeyframe') && this.#subscribed === screenId && !this.paused) this.keyFrame(Number(screenId))
  }

  #roleNumber(): number {
    return enumValue(enumOf('Role'), this.player.joinerRole)
  }

  #say(channel: ChannelName, message: Fields): void {
    this.player.send({ channel, messages: [message] })
  }
}

const permissionNumbers = (names: readonly string[]): number[] => names.map(name => enumValue(enumOf('Permission'), name)).sort((a, b) => a - b)
