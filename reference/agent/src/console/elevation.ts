/** An agent's way to elevated powers: one request at a time, and in between, if it is by credentials, a form. */
import type { Credentials, Session } from '@remote-assist/peer'
import type { Elevating, ElevationWish } from './model.js'

/** What is asked for unless the agent says otherwise, or less where less is allowed. */
export const USUAL_MINUTES = 15

/** For how long powers can be asked for where an administrator allows `most`: ascending, minutes. */
export const minutesUpTo = (most: number): readonly number[] => [...[5, USUAL_MINUTES, 30].filter(some => some < most), most]

export class ElevationDialog {
  readonly #session: Session
  readonly #changed: (elevating: Elevating | undefined) => void
  #withdrawn = false
  #give: ((credentials: Credentials | undefined) => void) | undefined

  /** `changed`: how far a request is; undefined = none is open. */
  constructor(session: Session, changed: (elevating: Elevating | undefined) => void) {
    this.#session = session
    this.#changed = changed
  }

  /** Asks the customer; resolves when the powers are there, or the agent withdrew the request. Rejects with why they are not. */
  async ask({ way, ...wish }: ElevationWish): Promise<void> {
    this.#withdrawn = false
    this.#changed('asked')
    try {
      await this.#session.elevate({ ...wish, ...(way === 'credentials' && { credentials: over => this.#ask(over) }) })
    } catch (error) {
      if (!this.#withdrawn) throw error
    } finally {
      this.#changed(undefined)
    }
  }

  /** What was typed into the form; undefined = it was closed, which withdraws the request. The password is wiped once it is sealed. */
  give(credentials: Credentials | undefined): void {
    if (credentials === undefined) this.#withdrawn = true
    this.#give?.(credentials)
  }

  /** Gives the powers up, or the request for them. */
  drop(): void {
    this.#withdrawn = true
    this.#session.dropElevation()
  }

  /** Shows the form until it is filled in, or nobody wants it any more. */
  #ask(over: AbortSignal): Promise<Credentials | undefined> {
    return new Promise(resolve => {
      const done = (credentials: Credentials | undefined) => {
        this.#give = undefined
        if (!over.aborted) this.#changed('checking')
        resolve(credentials)
      }
      this.#give = done
      over.addEventListener('abort', () => done(undefined), { once: true })
      this.#changed('credentials')
    })
  }
}
