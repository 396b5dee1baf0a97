import type { XConnection } from './connection.js'
import { Device } from './recorder.js'
import type { Property, TestExtension } from './wire.js'

const LENT = '_REMOTE_ASSIST_LENT_KEYS'
const XA_CARDINAL = 6
const REPLACE = 0
const MAX_KEYS = 256
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

/** Notes at the display which keys are lent, so that whoever comes after a killed process can take them back. */
export async function noteLent(connection: XConnection, keycodes: readonly number[]): Promise<void> {
  const property = await connection.atom(LENT)
  const { x, root } = connection
  if (keycodes.length === 0) return x.DeleteProperty(root, property)
  const data = Buffer.alloc(keycodes.length * 4)
  for (const [i, keycode] of keycodes.entries()) data.writeUInt32LE(keycode, i * 4)
  x.ChangeProperty(REPLACE, root, property, XA_CARDINAL, 32, data)
}

/**
 * Puts the display's input in order: releases every key and button that XTEST holds, and takes lent keys back. A process that was killed leaves them so.
 * One host at a time injects into a display.
 */
export async function tidyInput(connection: XConnection, xtest: TestExtension): Promise<void> {
  const { x, root } = connection
  for (const keycode of await lentKeys(connection)) x.ChangeKeyboardMapping(keycode, 1, [NO_SYMBOL])
  await noteLent(connection, [])
  const { keys, buttons } = await heldByTest(connection)
  for (const keycode of keys) xtest.FakeInput(Device.keyRelease, keycode, 0, root, 0, 0)
  for (const button of buttons) xtest.FakeInput(Device.buttonRelease, button, 0, root, 0, 0)
  await connection.sync()
}

async function lentKeys(connection: XConnection): Promise<readonly number[]> {
  const { x, root, display } = connection
  const property = await connection.atom(LENT)
  const { data } = await connection.request<Property>(done => x.GetProperty(0, root, property, XA_CARDINAL, 0, MAX_KEYS, done))
  const keycodes = Array.from({ length: data.length >> 2 }, (_, i) => data.readUInt32LE(i * 4))
  return keycodes.filter(keycode => keycode >= display.min_keycode && keycode <= display.max_keycode)
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
