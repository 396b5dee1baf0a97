import { setTimeout as pause } from 'node:timers/promises'
import { HostError } from '@remote-assist/peer'
import type { XConnection } from './connection.js'
import type { KeyMap, Stroke } from './key-map.js'
import { keysymOf } from './keysyms.js'
import { type LentKey, noteLent, takeBack } from './leftovers.js'
import type { Xkb } from './xkb.js'

const NO_SYMBOL = 0
/** How long programs have to look up what a lent key stands for, before it stands for something else. */
const REST_MS = 1_000
/** Characters that are lent keys at a time. So many loans are free or at rest when `rest` resolves: the next call need not wait for them. */
export const PIECE = 16

type Place = Pick<LentKey, 'keycode' | 'level'>

interface Loan extends LentKey {
  readonly codePoint: number
  readonly usedAtMs: number
}

/**
 * Spare keys of a keyboard map, lent to characters that no key makes. Programs look a key up when they get to its press, not when it was pressed: a loan ends
 * a second after its last use at the earliest, and then only if another character needs the key.
 */
export class LentKeys {
  /** The one that was used last comes last. */
  #loans: readonly Loan[] = []
  /** How many loans the keyboard map has room for. */
  #room = 0

  constructor(
    private readonly connection: XConnection,
    private readonly xkb: Xkb,
  ) {}

  /** True if a key stands for the character already. */
  has(codePoint: number): boolean {
    return this.#loans.some(loan => loan.codePoint === codePoint)
  }

  /** How many characters can be lent keys at a time; usual maps have room for more than `PIECE`. */
  roomOn(map: KeyMap): number {
    return this.#places(map).length
  }

  /**
   * Lends keys to characters, at most `PIECE` of them and no more than there is room for; `map` is the present map of the display. The keyboard changes once for all of them: programs read it anew
   * after each change. Waits where all keys are in use. Resolves with the keys of all of them.
   */
  async lend(codePoints: readonly number[], map: KeyMap): Promise<ReadonlyMap<number, Omit<Stroke, 'group'>>> {
    if (codePoints.length === 0) return new Map()
    const fresh = codePoints.filter(codePoint => !this.has(codePoint))
    this.#use(codePoints)
    const places = this.#places(map)
    this.#room = places.length
    await this.#available(fresh.length)
    const changed = new Set<number>()
    for (const codePoint of fresh) {
      const place = places.find(it => !this.#loans.some(loan => isSame(loan, it))) ?? this.#loans[0]
      if (place === undefined) throw new HostError('E_UNSUPPORTED', 'The keyboard map of this X display has no spare key to type this character with.')
      const { keycode, level } = place
      this.#loans = [
        ...this.#loans.filter(loan => !isSame(loan, place)),
        { keycode, level, keysym: keysymOf(codePoint), codePoint, usedAtMs: performance.now() },
      ]
      changed.add(keycode)
    }
    await noteLent(this.connection, this.#loans)
    const { type, width, held } = map.lending
    for (const keycode of changed) {
      const own = this.#loans.filter(loan => loan.keycode === keycode)
      const keysyms = Array.from({ length: width }, (_, level) => own.find(loan => loan.level === level)?.keysym ?? NO_SYMBOL)
      this.xkb.define(keycode, type, keysyms)
    }
    return new Map(this.#loans.map(({ keycode, level, codePoint }) => [codePoint, { keycode, held: held[level] ?? [] }]))
  }

  /** Forgets what is lent no more: another program may have put a new keyboard map in the place of the one that was changed. */
  recall(map: KeyMap): void {
    const changed = new Set(this.#loans.filter(loan => !map.has(loan)).map(({ keycode }) => keycode))
    this.#loans = this.#loans.filter(({ keycode }) => !changed.has(keycode))
  }

  /** Resolves when the next few characters can be lent keys at once. */
  async rest(): Promise<void> {
    await this.#available(Math.min(PIECE, this.#room))
  }

  /** Takes all keys back, when programs had time to look them up. */
  async restore(): Promise<void> {
    const last = this.#loans.at(-1)
    if (last === undefined) return
    await this.#rested(last)
    await takeBack(this.connection, this.xkb, this.#loans)
    this.#loans = []
  }

  get #keycodes(): readonly number[] {
    return [...new Set(this.#loans.map(({ keycode }) => keycode))]
  }

  #use(codePoints: readonly number[]): void {
    const usedAtMs = performance.now()
    const isUsed = (loan: Loan) => codePoints.includes(loan.codePoint)
    this.#loans = [...this.#loans.filter(loan => !isUsed(loan)), ...this.#loans.filter(isUsed).map(loan => ({ ...loan, usedAtMs }))]
  }

  /** Every loan that the map has room for. */
  #places(map: KeyMap): readonly Place[] {
    const keycodes = [...new Set([...this.#keycodes, ...map.spare])]
    return keycodes.flatMap(keycode => map.lending.held.map((_, level) => ({ keycode, level })))
  }

  /** Resolves when so many loans are free or may end. */
  async #available(count: number): Promise<void> {
    const free = this.#room - this.#loans.length
    const last = this.#loans[count - free - 1]
    if (last !== undefined) await this.#rested(last)
  }

  async #rested({ usedAtMs }: Loan): Promise<void> {
    const restMs = usedAtMs + REST_MS - performance.now()
    if (restMs <= 0) return
    await this.connection.sync()
    await pause(restMs)
  }
}

const isSame = (one: Place, other: Place): boolean => one.keycode === other.keycode && one.level === other.level
