/** What steps act on: the agent, and the session once the customer is there. */
import type { Agent, AssistError, ElevatedPowers, Session } from '@remote-assist/peer'
import { ExpectationError, ScriptError } from './errors.js'
import { ScreenWatch } from './screen.js'

export class Stage {
  /** Elevated powers, while there are any. */
  powers: ElevatedPowers | undefined
  /** Chat lines so far. */
  readonly said: string[] = []
  readonly #agent: Agent
  readonly #over = new AbortController()
  #session: Session | undefined
  #screen: ScreenWatch | undefined

  constructor(
    agent: Agent,
    /** Shown to the person, as part of the running step. */
    readonly tell: (line: string) => void,
  ) {
    this.#agent = agent
    agent.on('customer-failed', error => tell(error.message))
    agent.on('customer-joined', () => tell('The customer is there and decides.'))
  }

  get agent(): Agent {
    return this.#agent
  }

  /** The session. Throws `ScriptError` before `wait-customer`. */
  get session(): Session {
    if (this.#session === undefined) throw new ScriptError('There is no customer yet.', 'Put the step wait-customer before.')
    return this.#session
  }

  /** The picture. */
  get screen(): ScreenWatch {
    if (this.#screen === undefined) throw new ScriptError('There is no customer yet.', 'Put the step wait-customer before.')
    return this.#screen
  }

  /** Waits for the customer's consent. */
  async meet(signal: AbortSignal): Promise<Session> {
    const session = await this.#agent.customer({ signal })
    this.#session = session
    this.#screen = new ScreenWatch(session.screens)
    session.on('chat', ({ text }) => this.said.push(text))
    session.on('audit-broken', error => this.tell(error.message))
    void this.#screen.run(this.#over.signal).catch((error: AssistError) => this.tell(error.message))
    return session
  }

  /** Resolves once `holds` does, looked at whenever something happens in the session. Rejects with `E_EXPECTED` after `seconds`. */
  async until(what: string, holds: () => boolean, seconds: number, now: () => string): Promise<void> {
    const { session } = this
    if (holds()) return
    await new Promise<void>((resolve, reject) => {
      const look = () => {
        if (!holds()) return
        end()
        resolve()
      }
      const stops = (['participants', 'grant', 'screen-list', 'chat', 'phase', 'line', 'control', 'clipboard', 'clipboard-sync', 'platform'] as const).map(
        name => session.on(name, look),
      )
      stops.push(
        session.on('ended', error => {
          end()
          reject(error)
        }),
      )
      const timer = setTimeout(() => {
        end()
        reject(new ExpectationError(`${what} was expected within ${seconds} s; it is ${now()}.`))
      }, seconds * 1_000)
      const end = () => {
        clearTimeout(timer)
        for (const stop of stops) stop()
      }
    })
  }

  /** Leaves, ending the session if asked to. */
  async leave(end: boolean): Promise<void> {
    this.#over.abort()
    if (end) await this.#agent.close()
    else this.#agent.leave()
  }
}
