import type { XConnection } from './connection.js'
import { type KeyMap, readKeyMap } from './key-map.js'

/** Minor requests of XKEYBOARD. */
const USE_EXTENSION = 0
const GET_STATE = 4
const LATCH_LOCK_STATE = 5
const GET_MAP = 8
const SET_MAP = 9
/** The keyboard that every program sees. */
const CORE_KEYBOARD = 0x100
/** Parts of a map: types, keysyms, modifier map. */
const MAP_PARTS = 0b111
const KEYSYMS = 0b010
const SET_MAP_BYTES = 36
const KEY_BYTES = 8

/** What is locked on a keyboard. */
export interface KeyboardState {
  readonly lockedModifiers: number
  readonly group: number
  readonly lockedGroup: number
}

/** The extension XKEYBOARD of a display: its keyboard map, and what is locked. */
export class Xkb {
  private constructor(
    private readonly connection: XConnection,
    private readonly opcode: number,
  ) {}

  /** Undefined if the display has it not. */
  static async open(connection: XConnection): Promise<Xkb | undefined> {
    const extension = await connection.query('XKEYBOARD')
    if (extension === undefined) return undefined
    const xkb = new Xkb(connection, extension.majorOpcode)
    const use = xkb.#request(USE_EXTENSION, 8)
    use.writeUInt16LE(1, 4)
    use.writeUInt16LE(0, 6)
    return (await connection.raw(use, (_reply, detail) => detail === 1)) ? xkb : undefined
  }

  state(): Promise<KeyboardState> {
    return this.connection.raw(this.#toKeyboard(GET_STATE, 8), reply => ({
      lockedModifiers: reply.readUInt8(3),
      group: reply.readUInt8(4),
      lockedGroup: reply.readUInt8(5),
    }))
  }

  map(): Promise<KeyMap> {
    const get = this.#toKeyboard(GET_MAP, 28)
    get.writeUInt16LE(MAP_PARTS, 6)
    return this.connection.raw(get, readKeyMap)
  }

  /** Makes a key stand for these keysyms, one for each level of the type with that number. */
  define(keycode: number, type: number, keysyms: readonly number[]): void {
    const set = this.#toKeyboard(SET_MAP, SET_MAP_BYTES + KEY_BYTES + keysyms.length * 4)
    set.writeUInt16LE(KEYSYMS, 6)
    set[10] = this.connection.display.min_keycode
    set[11] = this.connection.display.max_keycode
    set[14] = keycode
    set[15] = 1
    set.writeUInt16LE(keysyms.length, 16)
    set[SET_MAP_BYTES] = type
    set[SET_MAP_BYTES + 4] = 1
    set[SET_MAP_BYTES + 5] = keysyms.length
    set.writeUInt16LE(keysyms.length, SET_MAP_BYTES + 6)
    for (const [i, keysym] of keysyms.entries()) set.writeUInt32LE(keysym, SET_MAP_BYTES + KEY_BYTES + i * 4)
    this.connection.send(set)
  }

  /** Turns the modifiers of `mask` on or off, and chooses a group if one is given: without a key, in order with what was sent before. */
  lock(mask: number, modifiers: number, group?: number): void {
    const lock = this.#toKeyboard(LATCH_LOCK_STATE, 16)
    lock[6] = mask
    lock[7] = modifiers & mask
    lock[8] = group === undefined ? 0 : 1
    lock[9] = group ?? 0
    this.connection.send(lock)
  }

  #toKeyboard(minor: number, bytes: number): Buffer {
    const request = this.#request(minor, bytes)
    request.writeUInt16LE(CORE_KEYBOARD, 4)
    return request
  }

  #request(minor: number, bytes: number): Buffer {
    const request = Buffer.alloc(bytes)
    request[0] = this.opcode
    request[1] = minor
    request.writeUInt16LE(bytes / 4, 2)
    return request
  }
}
