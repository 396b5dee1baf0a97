import { CloseCode, type Participant, Role } from '@remote-assist/codec'
import { inviteSecret } from '@remote-assist/secure'
import type { Transport } from '@remote-assist/transport'
import { Emitter } from '../emitter.js'
import { cancelled, closeError } from '../errors.js'
import { type InviteLink, parseInviteUrl } from '../pin.js'
import { joinerSecrets } from '../security/secrets.js'
import { Joiner, type Surroundings, surroundingsOf, type ToCustomer } from './joiner.js'
import { Screens } from './screens.js'
import { type WatchEvents, watch } from './session.js'
import { Chat } from './talk.js'

/** How a viewer joins: by the invitation's URL, or its parts. */
export type ViewOptions = Surroundings & {
  readonly transport: Transport
  readonly displayName?: string
  readonly signal?: AbortSignal
} & ({ readonly url: string } | InviteLink)

/** A viewer: looks, never acts. `join` follows the URL of an invitation, and rejects with `AssistError`; `screens` has the picture. */
export class Viewer extends Emitter<WatchEvents> {
  readonly screens: Screens
  readonly chat: Chat
  readonly #to: ToCustomer

  private constructor(to: ToCustomer) {
    super()
    this.#to = to
    this.screens = new Screens(to)
    this.chat = new Chat(to)
    watch(to, (name, event) => this.emit(name, event))
    to.words.on('over', error => this.emit('ended', error))
  }

  /** Joins by invitation. Resolves when the customer let the viewer in; rejects with why not. */
  static async join(options: ViewOptions): Promise<Viewer> {
    const { transport, displayName = '', signal } = options
    const { inviteId, secret } = 'url' in options ? parseInviteUrl(options.url) : options
    const joiner = new Joiner({
      role: Role.VIEWER,
      transport,
      secrets: joinerSecrets([inviteSecret({ inviteId, secret })]),
      hello: { inviteId, displayName },
      ...surroundingsOf(options),
    })
    const leave = () => joiner.leave(false)
    signal?.addEventListener('abort', leave, { once: true })
    const entered = new Promise<Viewer>((resolve, reject) => {
      joiner.words.on('customer', to => {
        const viewer = new Viewer(to)
        to.whenReady(() => resolve(viewer))
        to.words.on('over', error => {
          reject(error)
          joiner.leave(false, lossOf(to))
        })
      })
      joiner.words.on('failed', ({ code }) => reject(closeError(code)))
      joiner.words.on('session.ended', () => reject(signal?.aborted ? cancelled(signal) : joiner.ended))
      joiner.open(signal).catch(reject)
    })
    return entered.finally(() => signal?.removeEventListener('abort', leave))
  }

  /** Everybody who is in the session, as the customer says. */
  get participants(): readonly Participant[] {
    return this.#to.customer?.participants ?? []
  }

  /** This viewer's number. */
  get self(): number {
    return this.#to.driver.self
  }

  /** Three words that the customer's screen shows as well, unless somebody stands between: compare them by voice. Empty while the line is down. */
  get words(): readonly string[] {
    return this.#to.driver.acquaintance(this.#to.number)?.words ?? []
  }

  /** The customer said, with its question or later, that these words are the same on both screens; of other words, after a return, it has not. */
  get wordsConfirmed(): boolean {
    return this.#to.customer?.wordsConfirmed ?? false
  }

  /** Tells the customer that the words were compared and are the same. */
  confirmWords(): void {
    this.#to.dispatch({ type: 'local.say', kind: { $case: 'wordsConfirmed', value: { participant: this.self } } })
  }

  /** Leaves. */
  leave(): void {
    this.#to.joiner.leave(false)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.leave()
  }
}

/** What a viewer says when its customer is gone: that it gave it up, or that there is nothing left to stay for (RA-SES-022). */
function lossOf({ customer }: ToCustomer): CloseCode {
  const code = customer?.machine.phase === 'gone' ? customer.machine.code : CloseCode.LEFT
  return code === CloseCode.GRACE_EXPIRED || code === CloseCode.TIMEOUT ? code : CloseCode.LEFT
}
