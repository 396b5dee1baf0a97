import type { XConnection } from './connection.js'

const QUERY_EXTENSION = 98
const GET_MODIFIER_MAPPING = 119
/** Minor requests of XKEYBOARD. */
const USE_EXTENSION = 0
const LATCH_LOCK_STATE = 5
/** The keyboard that every program sees. */
const USE_CORE_KEYBOARD = 0x100
const CAPS_MASK = 2
const MODIFIERS = 8
const NUM_LOCK = 0xff7f
/** Bytes of a reply before its list, less the eight that `raw` takes. */
const LIST_AT = 24

/** Num Lock and Caps Lock of an X display, turned by XKEYBOARD: without a key, so that no program takes it for one. */
export class Locks {
  private constructor(
    private readonly connection: XConnection,
    private readonly opcode: number,
  ) {}

  /** Undefined if the display has no XKEYBOARD. */
  static async open(connection: XConnection): Promise<Locks | undefined> {
    const name = Buffer.from('XKEYBOARD')
    const query = request(QUERY_EXTENSION, 0, 8 + name.length)
    query.writeUInt16LE(name.length, 4)
    name.copy(query, 8)
    const opcode = await connection.raw(query, reply => (reply[0] === 1 ? (reply[1] ?? 0) : 0))
    if (opcode === 0) return undefined
    const use = request(opcode, USE_EXTENSION, 8)
    use.writeUInt16LE(1, 4)
    const supported = await connection.raw(use, (_reply, detail) => detail === 1)
    return supported ? new Locks(connection, opcode) : undefined
  }

  /** Resolves when the display has them so. A keyboard map without Num Lock keeps it as it is. */
  async set({ num, caps }: { readonly num: boolean; readonly caps: boolean }): Promise<void> {
    const numMask = await this.#numMask()
    const latch = request(this.opcode, LATCH_LOCK_STATE, 16)
    latch.writeUInt16LE(USE_CORE_KEYBOARD, 4)
    latch[6] = CAPS_MASK | numMask
    latch[7] = (caps ? CAPS_MASK : 0) | (num ? numMask : 0)
    this.connection.send(latch)
    await this.connection.sync()
  }

  /** Which modifier Num Lock is: the one whose keys have its symbol. */
  async #numMask(): Promise<number> {
    const { x, display } = this.connection
    const { min_keycode: first, max_keycode: last } = display
    const [symbols, modifiers] = await Promise.all([
      this.connection.request<readonly (readonly number[])[]>(done => x.GetKeyboardMapping(first, last - first + 1, done)),
      this.connection.raw(request(GET_MODIFIER_MAPPING, 0, 4), (reply, each) => [...reply.subarray(LIST_AT, LIST_AT + MODIFIERS * each)]),
    ])
    const each = modifiers.length / MODIFIERS
    const at = modifiers.findIndex(keycode => keycode !== 0 && symbols[keycode - first]?.includes(NUM_LOCK) === true)
    return at < 0 ? 0 : 1 << Math.floor(at / each)
  }
}

/** An X request of so many bytes, rounded up to whole words: its opcode, its second byte, its length. */
function request(opcode: number, detail: number, bytes: number): Buffer {
  const buffer = Buffer.alloc(Math.ceil(bytes / 4) * 4)
  buffer[0] = opcode
  buffer[1] = detail
  buffer.writeUInt16LE(buffer.length / 4, 2)
  return buffer
}
