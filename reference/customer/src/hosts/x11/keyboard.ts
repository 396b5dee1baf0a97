import { setTimeout as pause } from 'node:timers/promises'
import { HostError } from '@remote-assist/peer'
import type { XConnection } from './connection.js'
import type { PointerState } from './wire.js'

const NO_SYMBOL = 0
const RETURN = 0xff0d
const TAB = 0xff09
const LOCK_MASK = 2
/** How long programs have to look a spare key up before it stands for something else. */
const REUSE_MS = 300

/** How to write one character: press the key, with Shift or without. */
export interface Stroke {
  readonly keycode: number
  readonly shift: boolean
}

/** Finds keys for characters on the display's present keyboard map, and lends spare keys to those that have none. */
export class Keyboard {
  #map: readonly (readonly number[])[] | undefined
  #spare: number[] = []
  /** By keysym; the one that was used last comes last. */
  readonly #lent = new Map<number, { readonly keycode: number; readonly usedAtMs: number }>()
  readonly #stopListening: () => void

  constructor(private readonly connection: XConnection) {
    this.#stopListening = connection.onEvent(event => {
      if (event.name === 'MappingNotify') this.#map = undefined
    })
  }

  /** Which modifiers, locks and layout are in force now. */
  async state(): Promise<number> {
    const { keyMask } = await this.connection.request<PointerState>(done => this.connection.x.QueryPointer(this.connection.root, done))
    return keyMask
  }

  /** The key strokes for a character in a keyboard state. May wait a moment when all spare keys are in use. */
  async stroke(codePoint: number, state: number): Promise<Stroke> {
    const keysym = keysymOf(codePoint)
    const lent = this.#lent.get(keysym)
    if (lent) return { keycode: this.#use(keysym, lent.keycode), shift: false }
    const char = String.fromCodePoint(codePoint)
    const turnedByCapsLock = (state & LOCK_MASK) !== 0 && char.toLowerCase() !== char.toUpperCase()
    return (!turnedByCapsLock && find(await this.#keys(), keysym, (state >> 13) & 3, this.#first)) || { keycode: await this.#lend(keysym), shift: false }
  }

  /** Gives the spare keys back. */
  restore(): void {
    this.#stopListening()
    for (const { keycode } of this.#lent.values()) this.connection.x.ChangeKeyboardMapping(keycode, 1, [NO_SYMBOL])
    this.#lent.clear()
  }

  get #first(): number {
    return this.connection.display.min_keycode
  }

  async #keys(): Promise<readonly (readonly number[])[]> {
    if (this.#map) return this.#map
    const { x, display } = this.connection
    const count = display.max_keycode - display.min_keycode + 1
    const map = await this.connection.request<readonly (readonly number[])[]>(done => x.GetKeyboardMapping(display.min_keycode, count, done))
    const lent = new Set([...this.#lent.values()].map(({ keycode }) => keycode))
    this.#spare = map.flatMap((keysyms, i) => (keysyms.every(keysym => keysym === NO_SYMBOL) && !lent.has(this.#first + i) ? [this.#first + i] : []))
    this.#map = map.map((keysyms, i) => (lent.has(this.#first + i) ? [] : keysyms))
    return this.#map
  }

  async #lend(keysym: number): Promise<number> {
    await this.#keys()
    const keycode = this.#spare.pop() ?? (await this.#takeBack())
    this.connection.x.ChangeKeyboardMapping(keycode, 2, [keysym, keysym])
    return this.#use(keysym, keycode)
  }

  /** Takes the key back that was not used for the longest time, when programs had time to look up what it stood for. */
  async #takeBack(): Promise<number> {
    const oldest = this.#lent.entries().next().value
    if (!oldest) throw new HostError('E_UNSUPPORTED', 'The keyboard map of this X display has no spare key to type this character with.')
    const [keysym, { keycode, usedAtMs }] = oldest
    const restMs = usedAtMs + REUSE_MS - performance.now()
    if (restMs > 0) {
      await this.connection.sync()
      await pause(restMs)
    }
    this.#lent.delete(keysym)
    return keycode
  }

  #use(keysym: number, keycode: number): number {
    this.#lent.delete(keysym)
    this.#lent.set(keysym, { keycode, usedAtMs: performance.now() })
    return keycode
  }
}

/** Keysyms of Latin-1 are the characters themselves; others have 0x01000000 in front (X11 protocol, appendix A). */
function keysymOf(codePoint: number): number {
  if (codePoint === 0x0a || codePoint === 0x0d) return RETURN
  if (codePoint === 0x09) return TAB
  return (codePoint >= 0x20 && codePoint <= 0x7e) || (codePoint >= 0xa0 && codePoint <= 0xff) ? codePoint : 0x01000000 | codePoint
}

function find(map: readonly (readonly number[])[], keysym: number, group: number, first: number): Stroke | undefined {
  for (const level of [0, 1]) {
    const at = map.findIndex(keysyms => (keysyms[group * 2 + level] ?? NO_SYMBOL) === keysym)
    if (at >= 0) return { keycode: first + at, shift: level === 1 }
  }
  return undefined
}
