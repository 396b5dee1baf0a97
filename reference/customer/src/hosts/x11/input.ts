import { HostError, type InputHost, type ScreenInfo } from '@remote-assist/peer'
import { evdevCode, isModifier } from '../hid.js'
import type { Listeners } from '../listeners.js'
import type { XConnection } from './connection.js'
import { Keyboard } from './keyboard.js'
import { Device, type Injected } from './recorder.js'
import type { TestExtension } from './wire.js'
import type { Xkb } from './xkb.js'

/** X key codes are Linux key codes and 8 more. */
const KEYCODE_OFFSET = 8
/** X buttons of left, middle, right, back, forward. */
const BUTTONS = [1, 2, 3, 8, 9]
const WHEEL = { up: 4, down: 5, left: 6, right: 7 }
const NOTCH = 120
const MAX_NOTCHES = 100

/** Injects input by XTEST. Each call returns when the server has taken the event. */
export class X11Input implements InputHost {
  readonly #keyboard: Keyboard
  readonly #keys = new Map<number, number>()
  readonly #buttons = new Set<number>()
  #wheelX = 0
  #wheelY = 0
  #typing: Promise<void> = Promise.resolve()

  constructor(
    private readonly connection: XConnection,
    private readonly xtest: TestExtension,
    private readonly injected: Injected,
    private readonly localInput: Listeners<[]>,
    private readonly screen: (id: number) => ScreenInfo,
    xkb: Xkb,
  ) {
    this.#keyboard = new Keyboard(connection, xkb, (keycode, down) => this.#fake(down ? Device.keyPress : Device.keyRelease, keycode))
    xtest.GrabControl(true)
  }

  async key(usage: number, down: boolean): Promise<void> {
    const code = evdevCode(usage)
    if (code === undefined) throw new HostError('E_UNSUPPORTED', `The X display has no key for HID usage 0x${usage.toString(16)}.`)
    // The server repeats a held key by itself.
    if (this.#keys.has(usage) === down) return
    if (down) this.#keys.set(usage, code + KEYCODE_OFFSET)
    else this.#keys.delete(usage)
    this.#fake(down ? Device.keyPress : Device.keyRelease, code + KEYCODE_OFFSET)
    await this.connection.sync()
  }

  locks(on: { readonly num: boolean; readonly caps: boolean }): Promise<void> {
    return this.#inTurn(() => this.#keyboard.lock(on))
  }

  text(text: string): Promise<void> {
    return this.#inTurn(() => this.#type(text))
  }

  async move(screenId: number, x: number, y: number): Promise<void> {
    const screen = this.screen(screenId)
    const within = (value: number, size: number) => Math.max(0, Math.min(size - 1, Math.floor(value)))
    this.#fake(Device.motion, 0, screen.x + within(x, screen.width), screen.y + within(y, screen.height))
    await this.connection.sync()
  }

  async button(button: number, down: boolean): Promise<void> {
    const number = BUTTONS[button]
    if (number === undefined) throw new HostError('E_UNSUPPORTED', `There is no mouse button ${button}.`)
    if (this.#buttons.has(number) === down) return
    if (down) this.#buttons.add(number)
    else this.#buttons.delete(number)
    this.#fake(down ? Device.buttonPress : Device.buttonRelease, number)
    await this.connection.sync()
  }

  async wheel(deltaX: number, deltaY: number): Promise<void> {
    this.#wheelX = this.#turn(this.#wheelX + deltaX, WHEEL.left, WHEEL.right)
    this.#wheelY = this.#turn(this.#wheelY + deltaY, WHEEL.up, WHEEL.down)
    await this.connection.sync()
  }

  onLocalInput(listener: () => void): () => void {
    return this.localInput.add(listener)
  }

  /** Releases what is pressed and gives borrowed keys back. */
  async close(): Promise<void> {
    if (this.connection.lost) return
    await this.#typing
    for (const keycode of this.#keys.values()) this.#fake(Device.keyRelease, keycode)
    for (const button of this.#buttons) this.#fake(Device.buttonRelease, button)
    this.#keys.clear()
    this.#buttons.clear()
    await this.#keyboard.restore()
    await this.connection.sync()
  }

  #inTurn(act: () => Promise<void>): Promise<void> {
    const done = this.#typing.then(act)
    this.#typing = done.catch(() => {})
    return done
  }

  /** Keys that are held would change what is typed, or could not be pressed: they go up. Modifiers are down again afterwards; other keys stay up. */
  async #type(text: string): Promise<void> {
    const modifiers = [...this.#keys].filter(([usage]) => isModifier(usage))
    for (const keycode of this.#keys.values()) this.#fake(Device.keyRelease, keycode)
    this.#keys.clear()
    await this.#keyboard.type(text)
    for (const [usage, keycode] of modifiers) {
      this.#keys.set(usage, keycode)
      this.#fake(Device.keyPress, keycode)
    }
    await this.connection.sync()
    // Waiting here, where all is done, and not at the beginning: nothing is typed long after it was asked for.
    await this.#keyboard.rest()
  }

  /** Clicks wheel buttons for whole notches; returns what is left over. */
  #turn(amount: number, back: number, forth: number): number {
    const notches = Math.trunc(amount / NOTCH)
    for (let i = Math.min(Math.abs(notches), MAX_NOTCHES); i > 0; i--) {
      this.#fake(Device.buttonPress, notches > 0 ? forth : back)
      this.#fake(Device.buttonRelease, notches > 0 ? forth : back)
    }
    return amount - notches * NOTCH
  }

  #fake(type: number, detail: number, rootX = 0, rootY = 0): void {
    if (this.connection.lost) throw this.connection.lost
    this.injected.expect({ type, detail, rootX, rootY })
    this.xtest.FakeInput(type, detail, 0, this.connection.root, rootX, rootY)
  }
}
