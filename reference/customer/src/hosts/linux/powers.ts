import { type Elevated, HostError } from '@remote-assist/peer'
import type { FromHelper } from '../../helper/messages.js'
import type { HelperProcess } from './helper-process.js'

type RunOptions = Parameters<Elevated['run']>[1]
type Outcome = Awaited<ReturnType<Elevated['run']>>

/** A command under way. */
interface Running {
  readonly output: RunOptions['output']
  /** Resolves when all of its output so far was taken. */
  taken: Promise<void>
  readonly done: (outcome: Outcome) => void
}

/** The powers that a helper has, until it ends. */
export class LinuxPowers implements Elevated {
  readonly ended: Promise<string>
  readonly #running = new Map<number, Running>()
  #last = 0
  #over = false
  #why = 'The helper ended.'

  constructor(private readonly helper: HelperProcess) {
    this.ended = helper.gone.then(() => {
      this.#over = true
      for (const { taken, done } of this.#running.values()) void taken.then(() => done({ exitCode: undefined, signal: 'SIGKILL' }))
      this.#running.clear()
      return this.#why
    })
  }

  /** Why the helper ends. */
  refused(why: string): void {
    this.#why = why
  }

  /** A word of the helper about a command. */
  hear(message: Extract<FromHelper, { readonly id: number }>): void {
    const { id } = message
    const it = this.#running.get(id)
    if (it === undefined) return
    if (message.type === 'output') {
      const data = Buffer.from(message.data, 'base64')
      it.taken = it.taken.then(() => it.output(message.stream, data)).then(() => this.helper.say({ type: 'took', id, bytes: data.length }))
      return
    }
    this.#running.delete(id)
    const { code, by } = message
    void it.taken.then(() => it.done(by === undefined ? { exitCode: code } : { exitCode: undefined, signal: by }))
  }

  /** X11 has no secure attention sequence. */
  async sendSecureKeys(): Promise<'unsupported'> {
    this.#assertAlive()
    return 'unsupported'
  }

  async run(argv: readonly string[], { as = '', signal, output }: RunOptions): Promise<Outcome> {
    this.#assertAlive()
    if (signal.aborted) return { exitCode: undefined, signal: 'SIGKILL' }
    const id = ++this.#last
    const cancel = () => this.helper.say({ type: 'cancel', id })
    const outcome = new Promise<Outcome>(done => this.#running.set(id, { output, taken: Promise.resolve(), done }))
    this.helper.say({ type: 'run', id, argv, as })
    signal.addEventListener('abort', cancel, { once: true })
    return outcome.finally(() => signal.removeEventListener('abort', cancel))
  }

  renew(capability: Uint8Array): void {
    this.helper.say({ type: 'capability', signed: Buffer.from(capability).toString('base64') })
  }

  async drop(): Promise<void> {
    this.#over = true
    await this.helper.end()
    await this.ended
  }

  #assertAlive(): void {
    if (this.#over) throw new HostError('E_DENIED', 'The elevated helper has ended.', { hint: 'Elevate again.' })
  }
}
