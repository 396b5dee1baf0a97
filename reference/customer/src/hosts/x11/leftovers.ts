import type { XConnection } from './connection.js'
import { Device } from './recorder.js'
import type { Property, TestExtension } from './wire.js'
import type { Xkb } from './xkb.js'

const LENT = '_REMOTE_ASSIST_LENT_KEYS'
const XA_CARDINAL = 6
const REPLACE = 0
const MAX_NOTES = 1_024
const NOTE_BYTES = 8
const NO_SYMBOL = 0
/** Requests of the X Input extension, version 1. */
const LIST_INPUT_DEVICES = 2
const QUERY_DEVICE_STATE = 30
/** The keyboard and the pointer that XTEST moves. */
const INJECTING = ['Virtual core XTEST keyboard', 'Virtual core XTEST pointer']
const KEYS = 0
const BUTTONS = 1
/** Bytes of a reply before its list, less the eight that `raw` takes. */
const LIST_AT = 24
/** Bytes of a class before what is down. */
const BITS_AT = 4

/** A level of a spare key that stands for a character for a while. */
export interface LentKey {
  readonly keycode: number
  readonly level: number
  readonly keysym: number
}

/** Notes at the display what is lent, so that whoever comes after a killed process can take it back. */
export async function noteLent(connection: XConnection, lent: readonly LentKey[]): Promise<void> {
  const property = await connection.atom(LENT)
  const { x, root } = connection
  if (lent.length === 0) return x.DeleteProperty(root, property)
  const data = Buffer.alloc(lent.length * NOTE_BYTES)
  for (const [i, { keycode, level, keysym }] of lent.entries()) {
    data.writeUInt32LE(keycode | (level << 8), i * NOTE_BYTES)
    data.writeUInt32LE(keysym, i * NOTE_BYTES + 4)
  }
  x.ChangeProperty(REPLACE, root, property, XA_CARDINAL, 32, data)
}

/** Takes lent keys back, but for those that another program has given another meaning since. */
export async function takeBack(connection: XConnection, xkb: Xkb, lent: readonly LentKey[]): Promise<void> {
  const map = await xkb.map()
  const changed = new Set(lent.filter(it => !map.has(it)).map(({ keycode }) => keycode))
  for (const keycode of new Set(lent.map(it => it.keycode))) if (!changed.has(keycode)) connection.x.ChangeKeyboardMapping(keycode, 1, [NO_SYMBOL])
  await noteLent(connection, [])
}

/**
 * Puts the display's input in order: releases every key and button that XTEST holds, and takes lent keys back. A process that was killed leaves them so.
 * One host at a time injects into a display.
 */
export async function tidyInput(connection: XConnection, xtest: TestExtension, xkb: Xkb): Promise<void> {
  const { root } = connection
  await takeBack(connection, xkb, await notedAsLent(connection))
  const { keys, buttons } = await heldByTest(connection)
  for (const keycode of keys) xtest.FakeInput(Device.keyRelease, keycode, 0, root, 0, 0)
  for (const button of buttons) xtest.FakeInput(Device.buttonRelease, button, 0, root, 0, 0)
  await connection.sync()
}

async function notedAsLent(connection: XConnection): Promise<readonly LentKey[]> {
  const { x, root } = connection
  const property = await connection.atom(LENT)
  const { data } = await connection.request<Property>(done => x.GetProperty(0, root, property, XA_CARDINAL, 0, MAX_NOTES * (NOTE_BYTES / 4), done))
  return Array.from({ length: Math.floor(data.length / NOTE_BYTES) }, (_, i) => ({
    keycode: data.readUInt8(i * NOTE_BYTES),
    level: data.readUInt8(i * NOTE_BYTES + 1),
    keysym: data.readUInt32LE(i * NOTE_BYTES + 4),
  }))
}

/** What the devices of XTEST hold down; nothing if the display has no X Input extension, and so no such devices. */
async function heldByTest(connection: XConnection): Promise<{ readonly keys: readonly number[]; readonly buttons: readonly number[] }> {
  const extension = await connection.query('XInputExtension')
  const held: { readonly [KEYS]: number[]; readonly [BUTTONS]: number[] } = { [KEYS]: [], [BUTTONS]: [] }
  if (extension !== undefined) {
    const list = Buffer.from([extension.majorOpcode, LIST_INPUT_DEVICES, 1, 0])
    for (const { id, name } of await connection.raw(list, inputDevices)) {
      if (!INJECTING.includes(name)) continue
      const query = Buffer.from([extension.majorOpcode, QUERY_DEVICE_STATE, 2, 0, id, 0, 0, 0])
      for (const { kind, down } of await connection.raw(query, deviceState)) if (kind === KEYS || kind === BUTTONS) held[kind].push(...down)
    }
  }
  return { keys: held[KEYS], buttons: held[BUTTONS] }
}

/** Reads the reply to `ListInputDevices`, from its 9th byte on: the devices, then the classes of all of them, then their names. */
function inputDevices(reply: Buffer): readonly { readonly id: number; readonly name: string }[] {
  const count = reply.readUInt8(0)
  const devices = Array.from({ length: count }, (_, i) => ({ id: reply.readUInt8(LIST_AT + i * 8 + 4), classes: reply.readUInt8(LIST_AT + i * 8 + 5) }))
  let at = LIST_AT + count * 8
  for (let left = devices.reduce((sum, { classes }) => sum + classes, 0); left > 0; left--) at += reply.readUInt8(at + 1)
  return devices.map(({ id }) => {
    const length = reply.readUInt8(at)
    const name = reply.toString('latin1', at + 1, at + 1 + length)
    at += 1 + length
    return { id, name }
  })
}

/** Reads the reply to `QueryDeviceState`, from its 9th byte on: for each class of the device the keys or buttons that are down. */
function deviceState(reply: Buffer): readonly { readonly kind: number; readonly down: readonly number[] }[] {
  let at = LIST_AT
  return Array.from({ length: reply.readUInt8(0) }, () => {
    const [kind, length] = [reply.readUInt8(at), reply.readUInt8(at + 1)]
    const bits = reply.subarray(at + BITS_AT, at + length)
    at += length
    return {
      kind,
      down: kind > BUTTONS ? [] : Array.from({ length: bits.length * 8 }, (_, bit) => bit).filter(bit => ((bits[bit >> 3] ?? 0) >> (bit & 7)) & 1),
    }
  })
}
