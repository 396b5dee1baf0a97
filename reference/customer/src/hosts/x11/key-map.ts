import { codePointOf } from './keysyms.js'

/** Bits of the modifiers whose meaning X fixes. */
export const Modifier = { shift: 1, lock: 2 } as const

const SHIFT_L = 0xffe1
const SHIFT_R = 0xffe2
const LEVEL3_SHIFT = 0xfe03
const NUM_LOCK = 0xff7f
/** Keys beyond the letters, such as those of number pads and remote controls, are taken for a character only if no other key makes it. */
const LAST_MAIN_KEYCODE = 97
const GROUPS = 4
/** The type of keys with Shift that every map has. */
const TWO_LEVEL = 1

/** Which level of a key the modifiers choose. */
export interface KeyType {
  /** How many levels. */
  readonly width: number
  /** The modifiers that matter. */
  readonly mask: number
  /** Level by those that are on; all other combinations are level 0. */
  readonly levels: ReadonlyMap<number, number>
}

/** A key: `width` keysyms for each of its groups. */
export interface Key {
  readonly keycode: number
  /** Of each group. */
  readonly types: readonly KeyType[]
  readonly groups: number
  /** What a group that the key has not stands for, as `XkbKeySymMap.group_info` says. */
  readonly outOfRange: number
  readonly width: number
  readonly keysyms: readonly number[]
  /** The modifiers that the key turns on while it is down. */
  readonly modifiers: number
}

/** How a spare key is made to stand for characters: by this type, one character with each of these held. */
export interface Lending {
  readonly type: number
  readonly width: number
  readonly held: readonly (readonly number[])[]
}

/** What makes a character: a key, with others held. */
export interface Stroke {
  readonly keycode: number
  readonly held: readonly number[]
  readonly group: number
}

/** The keyboard map of a display at one moment, as XKEYBOARD describes it (`XkbGetMap`). */
export class KeyMap {
  readonly #strokes = new Map<number, ReadonlyMap<number, Stroke>>()

  constructor(
    private readonly types: readonly KeyType[],
    private readonly keys: readonly Key[],
  ) {}

  /** Which modifier Num Lock is; 0 if there is none. */
  get numLock(): number {
    return this.keys.find(({ keysyms, modifiers }) => modifiers !== 0 && keysyms.includes(NUM_LOCK))?.modifiers ?? 0
  }

  /** True if a level of a key stands for a keysym, in its first group. */
  has({ keycode, level, keysym }: { readonly keycode: number; readonly level: number; readonly keysym: number }): boolean {
    const key = this.keys.find(it => it.keycode === keycode)
    return key !== undefined && level < key.width && key.keysyms[level] === keysym
  }

  /** Key codes that stand for nothing and may be lent. */
  get spare(): readonly number[] {
    return this.keys.filter(({ keysyms, modifiers }) => modifiers === 0 && keysyms.every(keysym => keysym === 0)).map(({ keycode }) => keycode)
  }

  /** What a spare key has room for: one character with nothing held, one with Shift, and, where the map has AltGr, one with that and one with both. */
  get lending(): Lending {
    const holds = this.#holds()
    const fits = (type: KeyType) =>
      type.width === holds.length && type.mask === holds.at(-1)?.modifiers && holds.every(({ modifiers }, level) => (type.levels.get(modifiers) ?? 0) === level)
    const found = this.types.findIndex(fits)
    const held = holds.map(it => it.held)
    return found < 0 ? { type: TWO_LEVEL, width: 2, held: held.slice(0, 1) } : { type: found, width: holds.length, held }
  }

  /** How to make a character while group `group` and the modifiers `locked` are in force; another group where this one has it not. */
  stroke(codePoint: number, group: number, locked: number): Stroke | undefined {
    for (let i = 0; i < GROUPS; i++) {
      const stroke = this.#all((group + i) % GROUPS, locked).get(codePoint)
      if (stroke !== undefined) return stroke
    }
    return undefined
  }

  /** What a key stands for in a group, with these modifiers on; 0 = nothing. */
  keysym(key: Key, group: number, modifiers: number): number {
    if (key.groups === 0) return 0
    const own = group < key.groups ? group : replacement(group, key)
    const type = key.types[own]
    const level = type?.levels.get(modifiers & type.mask) ?? 0
    return level < key.width ? (key.keysyms[own * key.width + level] ?? 0) : 0
  }

  #all(group: number, locked: number): ReadonlyMap<number, Stroke> {
    const at = (locked << 2) | group
    const known = this.#strokes.get(at)
    if (known !== undefined) return known
    const found = new Map<number, Stroke>()
    const main = (key: Key) => key.keycode <= LAST_MAIN_KEYCODE
    for (const keys of [this.keys.filter(main), this.keys.filter(key => !main(key))]) {
      for (const { held, modifiers } of this.#holds()) {
        for (const key of keys) {
          const codePoint = codePointOf(this.keysym(key, group, locked | modifiers))
          if (codePoint !== undefined && !found.has(codePoint)) found.set(codePoint, { keycode: key.keycode, held, group })
        }
      }
    }
    this.#strokes.set(at, found)
    return found
  }

  /** Nothing, Shift, AltGr, both. */
  #holds(): readonly { readonly held: readonly number[]; readonly modifiers: number }[] {
    const shift = this.keys.find(({ keysyms, modifiers }) => modifiers === Modifier.shift && (keysyms[0] === SHIFT_L || keysyms[0] === SHIFT_R))
    const level3 = this.keys.find(({ keysyms, modifiers }) => modifiers !== 0 && keysyms[0] === LEVEL3_SHIFT)
    const shifts = shift === undefined ? [] : [{ held: [shift.keycode], modifiers: shift.modifiers }]
    const none = { held: [] as number[], modifiers: 0 }
    return [none, ...shifts].concat(
      level3 === undefined
        ? []
        : [none, ...shifts].map(({ held, modifiers }) => ({ held: [...held, level3.keycode], modifiers: modifiers | level3.modifiers })),
    )
  }
}

/** The group that a key uses for one that it has not: the bits 6 and 7 say how it is found. */
function replacement(group: number, { groups, outOfRange }: Key): number {
  const how = outOfRange & 0xc0
  if (how === 0x40) return groups - 1
  if (how !== 0x80) return group % groups
  const named = (outOfRange >> 4) & 3
  return named < groups ? named : 0
}

const TYPE_BYTES = 8
const KEY_BYTES = 8

/** Reads the reply to `XkbGetMap` that has types, keysyms and modifier map; from its 9th byte on. */
export function readKeyMap(reply: Buffer): KeyMap {
  const types: KeyType[] = []
  const keys: Key[] = []
  const [typeCount, firstKey, keyCount, modifierCount] = [7, 9, 12, 25].map(at => reply.readUInt8(at)) as [number, number, number, number]
  let at = 32
  for (let i = 0; i < typeCount; i++) {
    const entries = reply.readUInt8(at + 5)
    const preserves = reply.readUInt8(at + 6) !== 0
    const mask = reply.readUInt8(at)
    const width = reply.readUInt8(at + 4)
    const levels = new Map<number, number>()
    at += TYPE_BYTES
    for (const end = at + entries * 8; at < end; at += 8) if (reply.readUInt8(at) !== 0) levels.set(reply.readUInt8(at + 1), reply.readUInt8(at + 2))
    if (preserves) at += entries * 4
    types.push({ width, mask, levels })
  }
  for (let i = 0; i < keyCount; i++) {
    const info = reply.readUInt8(at + 4)
    const count = reply.readUInt16LE(at + 6)
    const groups = info & 0xf
    const own = Array.from({ length: groups }, (_, group) => types[reply.readUInt8(at + group)] ?? { width: 1, mask: 0, levels: new Map() })
    const keysyms = Array.from({ length: count }, (_, j) => reply.readUInt32LE(at + KEY_BYTES + j * 4))
    keys.push({ keycode: firstKey + i, types: own, groups, outOfRange: info, width: reply.readUInt8(at + 5), keysyms, modifiers: 0 })
    at += KEY_BYTES + count * 4
  }
  const modifiers = new Map(Array.from({ length: modifierCount }, (_, i) => [reply.readUInt8(at + i * 2), reply.readUInt8(at + i * 2 + 1)] as const))
  return new KeyMap(
    types,
    keys.map(key => ({ ...key, modifiers: modifiers.get(key.keycode) ?? 0 })),
  )
}
