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
    agent.on('customer-failed', error => tell(failureOf(error)))
    agent.on('customer-joined', ({ words }) => tell(`The customer is there and decides. Words to compare: ${words.join(' ')}.`))
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
    session.on('words', () => this.tell('The customer says that the words are the same.'))
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

/** Why somebody did not get in, as the agent sees it. */
function failureOf({ code, message, attemptsLeft }: AssistError): string {
  if (code === 'E_ATTEMPTS' || attemptsLeft === 0) return 'Somebody tried wrong PINs, and no try is left: send the customer the link.'
  if (code !== 'E_PIN_WRONG') return `Somebody came and did not get in: ${message}`
  if (attemptsLeft === undefined) return 'Somebody came with a link that is not right.'
  return `Somebody tried a wrong PIN; ${attemptsLeft === 1 ? '1 try is' : `${attemptsLeft} tries are`} left.`
}
