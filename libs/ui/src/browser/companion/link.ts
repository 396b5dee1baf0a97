/** The window's end of the way to its process: what is to be shown comes down, what the person does goes up. */
import type { Act } from '../../companion/act.js'
import type { CompanionState } from '../../companion/state.js'

/** A line that is longer is none of the process's. */
const MAX_LINE = 16 * 2 ** 20

export class Link {
  readonly #headers: Readonly<Record<string, string>>

  private constructor(token: string) {
    this.#headers = { authorization: `Bearer ${token}` }
  }

  /** Comes in by the secret in the page's address, which counts once. Rejects if it was used, or nobody answers. */
  static async enter(secret: string): Promise<Link> {
    const answer = await fetch('/enter', { method: 'POST', headers: { authorization: `Bearer ${secret}` } })
    if (!answer.ok) throw new Error(`The process answered ${answer.status}.`)
    return new Link(await answer.text())
  }

  /** Each state that is to be shown, the newest last, until the process ends. */
  async *states(): AsyncGenerator<CompanionState> {
    const { ok, body } = await fetch('/state', { method: 'POST', headers: this.#headers })
    if (!ok || body === null) throw new Error('The process shows nothing.')
    let rest = ''
    for await (const piece of textOf(body)) {
      const lines = (rest + piece).split('\n')
      rest = lines.pop() ?? ''
      if (rest.length > MAX_LINE) throw new RangeError('The line has no end.')
      const state = stateOf(lines.at(-1))
      if (state !== undefined) yield state
    }
  }

  /** Asks for something. What comes of it is in a later state. */
  async act(act: Act): Promise<void> {
    await fetch('/act', { method: 'POST', headers: { ...this.#headers, 'content-type': 'application/json' }, body: JSON.stringify(act) })
  }

  /** Lends a file to the process, to be given to somebody; resolves to its number. */
  async upload(file: File): Promise<number> {
    const answer = await fetch(`/upload?name=${encodeURIComponent(file.name)}`, { method: 'POST', headers: this.#headers, body: file })
    if (!answer.ok) throw new Error(`The process did not take ${file.name}.`)
    return Number(await answer.text())
  }
}

async function* textOf(body: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value
}

/** A whole line is a state: it comes from the process alone, whose page this is. */
function stateOf(line: string | undefined): CompanionState | undefined {
  if (line === undefined) return undefined
  const state: unknown = JSON.parse(line)
  const whole = typeof state === 'object' && state !== null && 'stage' in state && 'people' in state && 'questions' in state
  return whole ? (state as CompanionState) : undefined
}
