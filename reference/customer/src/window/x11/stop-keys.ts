/** Keys that stop everything, wherever they are pressed, and whatever an agent presses meanwhile. */
import type { XConnection } from '../../hosts/x11/connection.js'
import { Device, recordInput } from '../../hosts/x11/recorder.js'

/** What a key may be called, by the keysyms that stand for it, and the modifier that it is for a grab. */
const KEYS: Readonly<Record<string, { readonly keysyms: readonly number[]; readonly modifier?: number }>> = {
  ctrl: { keysyms: [0xffe3, 0xffe4], modifier: 4 },
  alt: { keysyms: [0xffe9, 0xffea], modifier: 8 },
  shift: { keysyms: [0xffe1, 0xffe2], modifier: 1 },
  end: { keysyms: [0xff57] },
  home: { keysyms: [0xff50] },
  escape: { keysyms: [0xff1b] },
  pause: { keysyms: [0xff13] },
  delete: { keysyms: [0xffff] },
  ...Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`f${i + 1}`, { keysyms: [0xffbe + i] }])),
}

/** Keys that are pressed together, such as `ctrl+alt+end`. */
export interface StopKeys {
  readonly names: readonly string[]
}

/** What is pressed if nobody says otherwise: `ctrl+alt+end`. */
export const STOP_KEYS: StopKeys = { names: ['ctrl', 'alt', 'end'] }

/** Reads `--stop-keys`. Throws `RangeError` with a sentence for a person if it is none. */
export function parseStopKeys(text: string): StopKeys {
  const names = text.toLowerCase().split('+')
  const modifiers = names.filter(name => KEYS[name]?.modifier !== undefined)
  const others = names.filter(name => Object.hasOwn(KEYS, name) && KEYS[name]?.modifier === undefined)
  const good = names.every(name => Object.hasOwn(KEYS, name)) && new Set(names).size === names.length && modifiers.length > 0 && others.length === 1
  if (!good) throw new RangeError(`They are such as ctrl+alt+end: ctrl, alt or shift, and one of ${Object.keys(KEYS).slice(3).join(', ')}.`)
  return { names: [...modifiers, ...others] }
}

/** As they are written on keys: `Ctrl+Alt+End`. */
export const written = ({ names }: StopKeys): string => names.map(name => name[0]?.toUpperCase() + name.slice(1)).join('+')

const GRAB_KEY = 33
const ASYNC = 1
/** Caps Lock and Num Lock may be on. */
const LOCKS = [0, 2, 16, 18]

/** The keys, watched. */
export interface Watch {
  /** Another program has these keys as well: both hear them. */
  readonly taken: boolean
  stop(): void
}

/**
 * Calls `pressed` whenever all of the keys are down: in the order of what was pressed and released, by whomever, or because the server says so. Keys that an agent holds beside them
 * change nothing, and it cannot lift one that the person holds. (An agent that presses them itself stops itself.) They are grabbed too, so that no other program takes them for its own.
 * Undefined = this keyboard has not got them.
 */
export async function watchStopKeys(connection: XConnection, { names }: StopKeys, pressed: () => void): Promise<Watch | undefined> {
  const codes = await codesOf(connection)
  const wanted = names.map(name => (KEYS[name]?.keysyms ?? []).flatMap(keysym => codes.get(keysym) ?? []))
  if (wanted.some(any => any.length === 0)) return undefined
  const all = (isDown: (code: number) => boolean): boolean => wanted.every(any => any.some(isDown))
  // An agent may have lifted one of its own that the person holds as well: the server knows.
  const ask = async () => {
    const map = await connection.request<Buffer>(done => connection.x.QueryKeymap(done))
    if (all(code => (((map[code >> 3] ?? 0) >> (code & 7)) & 1) === 1)) pressed()
  }
  const taken = await grab(connection, names, wanted.at(-1) ?? [])
  // Of keys, nothing but what is grabbed is told to this connection.
  connection.onEvent(({ type }) => type === Device.keyPress && pressed())
  const ours = new Set(wanted.flat())
  const down = new Set<number>()
  const recorder = await recordInput(connection.name, ({ type, detail }) => {
    if (!ours.has(detail)) return
    if (type === Device.keyRelease) down.delete(detail)
    if (type !== Device.keyPress) return
    down.add(detail)
    if (all(code => down.has(code))) pressed()
    else void ask().catch(() => undefined)
  })
  return { taken, stop: () => recorder?.stop() }
}

/** The key codes of each keysym, on any level. */
async function codesOf(connection: XConnection): Promise<ReadonlyMap<number, readonly number[]>> {
  const { x, display } = connection
  const { min_keycode: first, max_keycode: last } = display
  const map = await connection.request<readonly (readonly number[])[]>(done => x.GetKeyboardMapping(first, last - first + 1, done))
  const codes = new Map<number, number[]>()
  for (const [at, keysyms] of map.entries()) for (const keysym of new Set(keysyms)) codes.set(keysym, [...(codes.get(keysym) ?? []), first + at])
  return codes
}

/** Whether somebody else has them. */
async function grab(connection: XConnection, names: readonly string[], keycodes: readonly number[]): Promise<boolean> {
  const { x, root } = connection
  let taken = false
  const refused = (error: { readonly majorOpcode?: number }) => {
    if (error.majorOpcode === GRAB_KEY) taken = true
  }
  x.on('error', refused)
  const modifiers = names.reduce((sum, name) => sum | (KEYS[name]?.modifier ?? 0), 0)
  for (const keycode of keycodes) for (const locks of LOCKS) x.GrabKey(root, false, modifiers | locks, keycode, ASYNC, ASYNC)
  await connection.sync()
  return taken
}
