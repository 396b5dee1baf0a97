/** Commands and answers over one line, from Hello to the end of the process. */
import { whenOverdue } from '../patience.js'
import { type Answer, type AnswerName, type CommandName, decodeAnswer, encodeCommand } from './contract.js'
import { AdapterError, AdapterHang, TesteeCrash } from './errors.js'
import type { Line, OpenLine } from './line.js'

/** What each command may be answered with; everything but Hello may be answered with a result that says no. */
const ANSWER_TO: Readonly<Record<CommandName, AnswerName>> = {
  hello: 'helloAck',
  startRole: 'roleReady',
  do: 'result',
  snapshot: 'snapshotData',
  stopRole: 'result',
  shutdown: 'result',
}

interface Pending {
  readonly key: string
  readonly what: CommandName
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: Error) => void
}

/** Told what happens without having been asked for. */
export interface ConversationListener {
  event(key: string, fields: Answer['fields']): void
  /** Nothing comes any more. `reason`: AdapterError or TesteeCrash. */
  over(reason: AdapterError | TesteeCrash): void
}

export class Conversation {
  readonly #pending = new Map<number, Pending>()
  /** Commands that were given up: their answers may still come, and mean nothing. */
  readonly #overdue = new Set<number>()
  readonly #keys = new Set<string>([''])
  #line: Line | undefined
  #seq = 0
  #over: AdapterError | TesteeCrash | undefined
  /** A command was not answered in time: nobody knows how the process stands. */
  suspect = false
  /** Resolves with the reason when nothing comes any more. */
  readonly ended: Promise<AdapterError | TesteeCrash>
  #tellEnded: (reason: AdapterError | TesteeCrash) => void = () => {}

  private constructor(private readonly listener: ConversationListener) {
    this.ended = new Promise(resolve => {
      this.#tellEnded = resolve
    })
  }

  static async open(open: OpenLine, listener: ConversationListener): Promise<Conversation> {
    const conversation = new Conversation(listener)
    conversation.#line = await open({
      frame: bytes => conversation.#take(bytes),
      failed: error => conversation.#end(error),
      ended: exit => conversation.#end(new TesteeCrash(exit, conversation.#line?.stderrTail.trimEnd() ?? '')),
    })
    return conversation
  }

  /** Why nothing comes any more; undefined while it goes on. */
  get over(): AdapterError | TesteeCrash | undefined {
    return this.#over
  }

  /** The end of what the process wrote to stderr. */
  get stderrTail(): string {
    return this.#line?.stderrTail ?? ''
  }

  /** Gives a command and resolves with its answer. Rejects with `AdapterHang`, `AdapterError` or `TesteeCrash`; throws `SchemaError` if there is no such command. */
  ask(key: string, what: CommandName, fields: Answer['fields'], withinMs: number): Promise<Answer> {
    const line = this.#line
    if (this.#over !== undefined || line === undefined) return Promise.reject(this.#over ?? new AdapterError('NOT_STARTED', 'There is no testee.'))
    this.#seq += 1
    const seq = this.#seq
    const frame = encodeCommand({ seq, key, what, fields }, line.wire)
    this.#keys.add(key)
    return new Promise((resolve, reject) => {
      const callOff = whenOverdue(withinMs, () => {
        this.#pending.delete(seq)
        this.#overdue.add(seq)
        this.suspect = true
        reject(new AdapterHang(what === 'do' ? `Do ${Object.keys(fields).join()}` : what, withinMs))
      })
      const done =
        <T>(settle: (value: T) => void) =>
        (value: T) => {
          callOff()
          this.#pending.delete(seq)
          settle(value)
        }
      this.#pending.set(seq, { key, what, resolve: done(resolve), reject: done(reject) })
      line.send(frame)
    })
  }

  /** Ends the process at once. */
  kill(): void {
    this.#line?.kill()
  }

  #take(bytes: Uint8Array): void {
    const line = this.#line
    if (line === undefined || this.#over !== undefined) return
    const answer = decodeAnswer(bytes, line.wire)
    if (answer.what === 'event') {
      if (answer.reSeq !== 0) throw new AdapterError('WRONG_SEQUENCE', `An event answers nothing, and this one has re_seq ${answer.reSeq}.`, bytes)
      if (!this.#keys.has(answer.key) || answer.key === '')
        throw new AdapterError('WRONG_ANSWER', `An event is about the role “${answer.key}”, which was never started.`, bytes)
      return this.listener.event(answer.key, answer.fields)
    }
    const pending = this.#pending.get(answer.reSeq)
    if (pending === undefined) {
      if (this.#overdue.delete(answer.reSeq)) return
      throw new AdapterError('WRONG_SEQUENCE', `${answer.what} answers command ${answer.reSeq}, which is not open.`, bytes)
    }
    const fits = answer.what === ANSWER_TO[pending.what] || (answer.what === 'result' && answer.fields.ok === false)
    if (!fits)
      throw new AdapterError(
        'WRONG_ANSWER',
        `${pending.what} is answered with ${answer.what}; it has to be ${ANSWER_TO[pending.what]}, or a result that is not ok.`,
        bytes,
      )
    if (answer.key !== pending.key)
      throw new AdapterError('WRONG_ANSWER', `The answer to ${pending.what} is about the role “${answer.key}”, not “${pending.key}”.`, bytes)
    pending.resolve(answer)
  }

  #end(reason: AdapterError | TesteeCrash): void {
    this.#over = reason
    this.#tellEnded(reason)
    for (const pending of [...this.#pending.values()]) pending.reject(reason)
    this.listener.over(reason)
  }
}
