/** Keyboard and pointer of a desktop that writes down what they did. */
import type { InputHost } from '@remote-assist/peer'
import { added } from './screens.js'

const state = (down: boolean): string => (down ? 'down' : 'up')

/** Everything that was injected, in the contract's words, and what is down. */
export class Hands implements InputHost {
  readonly done: string[] = []
  readonly #keys = new Set<number>()
  readonly #buttons = new Set<number>()
  readonly #onLocal = new Set<() => void>()

  constructor(
    /** The pointer was moved there. */
    readonly moved: (screenId: number, x: number, y: number) => void,
  ) {}

  /** HID usages that are down, ascending. */
  get keysDown(): number[] {
    return ascending(this.#keys)
  }

  /** Buttons that are down, ascending. */
  get buttonsDown(): number[] {
    return ascending(this.#buttons)
  }

  key(usage: number, down: boolean): void {
    if (down) this.#keys.add(usage)
    else this.#keys.delete(usage)
    this.done.push(`key ${usage} ${state(down)}`)
  }

  locks({ num, caps }: { readonly num: boolean; readonly caps: boolean }): void {
    this.done.push(`locks ${Number(num)} ${Number(caps)}`)
  }

  text(text: string): void {
    this.done.push(`text ${text}`)
  }

  move(screenId: number, x: number, y: number): void {
    this.done.push(`move ${screenId} ${x} ${y}`)
    this.moved(screenId, x, y)
  }

  button(button: number, down: boolean): void {
    if (down) this.#buttons.add(button)
    else this.#buttons.delete(button)
    this.done.push(`button ${button} ${state(down)}`)
  }

  wheel(deltaX: number, deltaY: number): void {
    this.done.push(`wheel ${deltaX} ${deltaY}`)
  }

  onLocalInput(listener: () => void): () => void {
    return added(this.#onLocal, listener)
  }

  /** The local user moves the pointer. */
  touch(): void {
    for (const listener of this.#onLocal) listener()
  }
}

const ascending = (numbers: Iterable<number>): number[] => [...numbers].sort((a, b) => a - b)
