/** The way back after a restart, at the customer: the question, the ticket, and its end. */
import { Permission } from '@remote-assist/codec'
import type { CustomerEvent, CustomerNotice, Instant } from '@remote-assist/core'
import type { Clock } from '../clock.js'
import type { RejoinHost } from '../host.js'
import type { Random } from '../random.js'
import { type Asker, Question } from './consent.js'

/** What is asked anew of who came back, whatever was agreed to before (RA-SES-172). */
const ASKED_ANEW: readonly Permission[] = [Permission.CONTROL_INPUT, Permission.ELEVATE, Permission.RUN_COMMAND, Permission.SECURE_KEYS, Permission.RECORD]

/** An agent asks whether the customer may come back by itself, once, after its computer was started again. */
export class RejoinQuestion extends Question<boolean> {
  constructor(
    who: () => Asker,
    /** Why, in the asker's words. */
    readonly reason: string,
    /** What the agent may do again without another question, once the user has logged on. */
    readonly permissions: readonly Permission[],
    /** When silence denies, on the customer's clock. */
    readonly by: Instant,
    answer: (allow: boolean) => boolean,
  ) {
    super(who, answer)
  }

  /** Agrees, for this session alone: a ticket is kept that works once and for ten minutes at the most. */
  allow(): boolean {
    return this.answer(true)
  }

  deny(): boolean {
    return this.answer(false)
  }
}

/** What the desk stands on. */
export interface RejoinDeskParts {
  readonly host: RejoinHost | undefined
  readonly clock: Clock
  readonly random: Random
  asker(participant: number): Asker
  /** What a participant holds. */
  grants(participant: number): readonly Permission[]
  /** Tells the core; false = that came too late. */
  tell(event: Extract<CustomerEvent, { readonly type: 'local.rejoin' }>['event']): boolean
  put(question: RejoinQuestion, participant: number): void
  /** The host could not keep the ticket, or take it away. */
  failed(error: unknown): void
}

export class RejoinDesk {
  readonly #parts: RejoinDeskParts
  #question: RejoinQuestion | undefined
  /** What the host is doing; one thing after another. */
  #busy: Promise<void> = Promise.resolve()
  #kept = false

  constructor(parts: RejoinDeskParts) {
    this.#parts = parts
  }

  /** A word of the core. */
  hear(notice: CustomerNotice, peer: number): void {
    if (notice.kind === 'rejoin.asked') this.#ask(notice, peer)
    else if (notice.kind === 'rejoin.over') this.#over()
  }

  /** The session is over: the ticket goes with it, unless this end left for the restart (RA-SES-168). */
  end(leftByItself: boolean): void {
    this.#question?.close()
    if (!leftByItself) this.#takeAway()
  }

  /** Resolves when the host has done what it was asked to. */
  rested(): Promise<void> {
    return this.#busy
  }

  #ask({ requestId, reason, locator, by, expiresAt }: Extract<CustomerNotice, { readonly kind: 'rejoin.asked' }>, peer: number): void {
    const { asker, grants, put, clock, tell } = this.#parts
    const permissions = grants(peer).filter(permission => !ASKED_ANEW.includes(permission))
    const question = new RejoinQuestion(
      () => asker(peer),
      reason,
      permissions,
      by,
      allow => {
        if (!allow) return tell({ type: 'local.refused', requestId, why: 'denied' })
        const expiresAtMs = Math.floor(clock.date() + expiresAt - clock.now())
        this.#keep(requestId, { locator, expiresAtMs, agent: asker(peer).displayName, permissions })
        return true
      },
    )
    this.#question = question
    put(question, peer)
  }

  /** The ticket is kept first, and then the agent is told: whoever hears of it may start the computer again. */
  #keep(requestId: number, ticket: Omit<Parameters<RejoinHost['keep']>[0], 'secret'>): void {
    const { host, random, tell } = this.#parts
    const secret = random.bytes(32)
    this.#do(async () => {
      try {
        if (host === undefined) throw new TypeError('The host has no way back.')
        this.#kept = true
        await host.keep({ ...ticket, secret })
      } catch (error) {
        tell({ type: 'local.refused', requestId, why: 'failed' })
        throw error
      }
      if (!tell({ type: 'local.kept', requestId, secret })) this.#takeAway()
    })
  }

  #over(): void {
    this.#question?.close()
    this.#takeAway()
  }

  #takeAway(): void {
    this.#do(async () => {
      if (!this.#kept) return
      this.#kept = false
      const ticket = await this.#parts.host?.take()
      ticket?.secret.fill(0)
    })
  }

  #do(task: () => Promise<void>): void {
    this.#busy = this.#busy.then(task).catch((error: unknown) => this.#parts.failed(error))
  }
}
