import type { XConnection } from './connection.js'
import { type KeyMap, Modifier, type Stroke } from './key-map.js'
import { LentKeys, PIECE } from './lent-keys.js'
import type { Xkb } from './xkb.js'

/** Types characters on a display: by the keys that make them on its present keyboard map, and by lent ones where no key does. */
export class Keyboard {
  readonly #lent: LentKeys

  constructor(
    private readonly connection: XConnection,
    private readonly xkb: Xkb,
    private readonly press: (keycode: number, down: boolean) => void,
  ) {
    this.#lent = new LentKeys(connection, xkb)
  }

  /**
   * Types a text while no modifier is held. Caps Lock is off and another group may be chosen meanwhile; afterwards both are as they were.
   * Rejects with `HostError` `E_UNSUPPORTED` at a character that no key makes if there is none to lend.
   */
  async type(text: string): Promise<void> {
    const [map, { lockedModifiers, lockedGroup }] = await Promise.all([this.xkb.map(), this.xkb.state()])
    const capsLock = lockedModifiers & Modifier.lock
    const locked = lockedModifiers & ~Modifier.lock
    this.#lent.recall(map)
    let group = lockedGroup
    if (capsLock !== 0) this.xkb.lock(capsLock, 0)
    try {
      for (const piece of pieces(text, this.#lent.roomOn(map))) {
        const strokes = await this.#strokes(piece, map, lockedGroup, locked)
        for (const stroke of strokes) {
          if (stroke.group !== group) this.xkb.lock(0, 0, stroke.group)
          group = stroke.group
          this.#tap(stroke)
        }
      }
    } finally {
      if (capsLock !== 0 || group !== lockedGroup) this.xkb.lock(capsLock, capsLock, lockedGroup)
    }
  }

  /** Resolves when the next short text can be typed at once. */
  async rest(): Promise<void> {
    await this.#lent.rest()
  }

  /** Turns Num Lock and Caps Lock; a keyboard map without Num Lock keeps it as it is. Resolves when the display has them so. */
  async lock({ num, caps }: { readonly num: boolean; readonly caps: boolean }): Promise<void> {
    const { numLock } = await this.xkb.map()
    this.xkb.lock(Modifier.lock | numLock, (caps ? Modifier.lock : 0) | (num ? numLock : 0))
    await this.connection.sync()
  }

  /** Takes lent keys back. */
  async restore(): Promise<void> {
    await this.#lent.restore()
  }

  async #strokes(codePoints: readonly number[], map: KeyMap, group: number, locked: number): Promise<readonly Stroke[]> {
    // The map has the lent keys as well, and they must not be taken for others: what is not known to be in use is lent to another character.
    const own = new Map(codePoints.map(codePoint => [codePoint, this.#lent.has(codePoint) ? undefined : map.stroke(codePoint, group, locked)]))
    const foreign = [...own.keys()].filter(codePoint => own.get(codePoint) === undefined)
    const lent = await this.#lent.lend(foreign, map)
    return codePoints.flatMap(codePoint => {
      const borrowed = lent.get(codePoint)
      return own.get(codePoint) ?? (borrowed === undefined ? [] : { ...borrowed, group })
    })
  }

  #tap({ keycode, held }: Stroke): void {
    for (const key of held) this.press(key, true)
    this.press(keycode, true)
    this.press(keycode, false)
    for (const key of held.toReversed()) this.press(key, false)
  }
}

/** A text in pieces whose characters can all be lent keys at a time; where there are none to lend, those that need one are refused. */
function* pieces(text: string, room: number): Generator<readonly number[]> {
  const codePoints = [...text].map(char => char.codePointAt(0) ?? 0)
  const size = room === 0 ? PIECE : Math.min(PIECE, room)
  for (let at = 0; at < codePoints.length; at += size) yield codePoints.slice(at, at + size)
}
