/** The person at the terminal: reads sentences, answers questions, presses keys. */
import { createInterface, emitKeypressEvents } from 'node:readline'

/** Somebody to tell and to ask. */
export interface Person {
  /** Shows a line. */
  tell(line?: string): void
  /** Asks; resolves to the answer without blanks around it, or to undefined if nobody answers before `signal` is aborted or the input ends. */
  ask(question: string, signal: AbortSignal): Promise<string | undefined>
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
    return signal.aborted ? undefined : this.#lines.shift()?.trim()
  }

  onKey(): void {}

  close(): void {
    this.#reader.close()
  }
}

/** A keyboard: whole lines answer questions, single keys do the rest. */
class TypingPerson implements Person {
  readonly hasKeys = true
  #asking = false
  #listener: (key: string) => void = () => {}

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

  readonly #pressed = (text: string | undefined, key: { readonly ctrl?: boolean; readonly name?: string }): void => {
    if (this.#asking) return
    if (key.ctrl === true && key.name === 'c') this.#listener('ctrl+c')
    else if (text !== undefined) this.#listener(text.toLowerCase())
  }
}
