/** The person at the terminal: reads sentences, answers questions, presses keys. */
import { createInterface, emitKeypressEvents } from 'node:readline'

/** Somebody to tell and to ask. */
export interface Person {
  /** Shows a line. */
  tell(line?: string): void
  /** Asks; resolves to the answer without blanks around it, or to undefined if nobody answers before `signal` is aborted or the input ends. */
  ask(question: string, signal: AbortSignal): Promise<string | undefined>
  /** Asks for what nobody may read over the shoulder: nothing shows what is typed. Else as `ask`; UTF-8, as it was typed, to be wiped by whoever asked. */
  askSecret(question: string, signal: AbortSignal): Promise<Uint8Array | undefined>
  /** Calls back for each key that is pressed outside of a question: its letter, or `ctrl+c`. Does nothing where there is no keyboard. */
  onKey(listener: (key: string) => void): void
  /** Whether keys are heard. */
  readonly hasKeys: boolean
  /** Gives the terminal back as it was. */
  close(): void
}

/** What a person sits at. */
export interface Seat {
  readonly input: NodeJS.ReadStream
  readonly output: NodeJS.WriteStream
}

/** A person at a keyboard, or a script that answers with lines. */
export const personAt = ({ input, output }: Seat = { input: process.stdin, output: process.stdout }): Person =>
  input.isTTY === true ? new TypingPerson(input, output) : new ScriptedPerson(input, output)

/** Lines from a pipe answer questions in their order. */
class ScriptedPerson implements Person {
  readonly hasKeys = false
  readonly #lines: string[] = []
  readonly #reader
  #ended = false
  #wake = () => {}

  constructor(
    input: NodeJS.ReadableStream,
    private readonly output: NodeJS.WritableStream,
  ) {
    this.#reader = createInterface({ input })
    this.#reader.on('line', line => {
      this.#lines.push(line)
      this.#wake()
    })
    this.#reader.on('close', () => {
      this.#ended = true
      this.#wake()
    })
  }

  tell(line = ''): void {
    this.output.write(`${line}\n`)
  }

  async ask(question: string, signal: AbortSignal): Promise<string | undefined> {
    return (await this.#line(question, signal))?.trim()
  }

  async askSecret(question: string, signal: AbortSignal): Promise<Uint8Array | undefined> {
    const line = await this.#line(question, signal)
    return line === undefined ? undefined : new TextEncoder().encode(line)
  }

  async #line(question: string, signal: AbortSignal): Promise<string | undefined> {
    this.output.write(question)
    const aborted = () => this.#wake()
    signal.addEventListener('abort', aborted, { once: true })
    while (this.#lines.length === 0 && !this.#ended && !signal.aborted) {
      await new Promise<void>(resolve => {
        this.#wake = resolve
      })
    }
    signal.removeEventListener('abort', aborted)
    this.tell()
    return signal.aborted ? undefined : this.#lines.shift()
  }

  onKey(): void {}

  close(): void {
    this.#reader.close()
  }
}

/** What a key means to somebody who types what is not shown. */
interface KeyPress {
  readonly ctrl?: boolean
  readonly meta?: boolean
  readonly name?: string
}

/** A keyboard: whole lines answer questions, single keys do the rest. */
class TypingPerson implements Person {
  readonly hasKeys = true
  #asking = false
  #listener: (key: string) => void = () => {}
  /** Takes the keys while a secret is typed. */
  #typing: ((text: string | undefined, key: KeyPress) => void) | undefined

  constructor(
    private readonly input: NodeJS.ReadStream,
    private readonly output: NodeJS.WriteStream,
  ) {
    emitKeypressEvents(input)
    input.on('keypress', this.#pressed)
    this.#listen()
  }

  tell(line = ''): void {
    this.output.write(`${line}\n`)
  }

  async ask(question: string, signal: AbortSignal): Promise<string | undefined> {
    if (signal.aborted) return undefined
    this.#asking = true
    const reader = createInterface({ input: this.input, output: this.output })
    try {
      return await new Promise<string | undefined>(resolve => {
        const silent = () => resolve(undefined)
        signal.addEventListener('abort', silent, { once: true })
        reader.on('close', silent)
        reader.on('SIGINT', () => {
          silent()
          this.#listener('ctrl+c')
        })
        reader.question(question, answer => resolve(answer.trim()))
      })
    } finally {
      reader.close()
      this.#asking = false
      this.#listen()
    }
  }

  async askSecret(question: string, signal: AbortSignal): Promise<Uint8Array | undefined> {
    if (signal.aborted) return undefined
    this.output.write(question)
    const typed: Buffer[] = []
    try {
      return await new Promise<Uint8Array | undefined>(resolve => {
        signal.addEventListener('abort', () => resolve(undefined), { once: true })
        this.#typing = (text, { ctrl = false, meta = false, name }) => {
          if (name === 'return' || name === 'enter') resolve(Buffer.concat(typed))
          else if (name === 'backspace') typed.pop()?.fill(0)
          else if (ctrl && (name === 'c' || name === 'd')) {
            resolve(undefined)
            if (name === 'c') this.#listener('ctrl+c')
          } else if (text !== undefined && !ctrl && !meta && /^\P{Cc}+$/u.test(text)) typed.push(Buffer.from(text))
        }
      })
    } finally {
      this.#typing = undefined
      for (const bytes of typed) bytes.fill(0)
      this.tell()
    }
  }

  onKey(listener: (key: string) => void): void {
    this.#listener = listener
  }

  close(): void {
    this.input.off('keypress', this.#pressed)
    this.input.setRawMode(false)
    this.input.pause()
  }

  #listen(): void {
    this.input.setRawMode(true)
    this.input.resume()
  }

  readonly #pressed = (text: string | undefined, key: KeyPress): void => {
    if (this.#asking) return
    if (this.#typing !== undefined) return this.#typing(text, key)
    if (key.ctrl === true && key.name === 'c') this.#listener('ctrl+c')
    else if (text !== undefined) this.#listener(text.toLowerCase())
  }
}
