import type { ClipboardContent, Rect, ScreenInfo } from '@remote-assist/peer'
import type { VirtualClipboard } from './clipboard.js'
import { arrange, type Controls } from './controls.js'
import type { VirtualElevation } from './elevation.js'
import { strokesFor } from './keyboard.js'
import { type Cover, coverOf, type DesktopState, logInPlaces, places, primary } from './state.js'

const LEFT_SHIFT = 0xe1

/** The parts of the desktop that can be clicked. */
export type Place = 'titleBar' | 'field' | 'print' | 'start' | 'securityCancel'

/**
 * The virtual desktop as the person in front of it has it: to look at, to use, and to change. What is done here counts as local input.
 * Nothing moves by itself: the clock goes on by `tick` alone.
 */
export class VirtualDesktop {
  #nextScreenId: number

  constructor(
    private readonly state: DesktopState,
    private readonly controls: Controls,
    private readonly clipboard: VirtualClipboard,
    private readonly elevation: VirtualElevation | undefined,
    private readonly ticked: () => void,
    private readonly lockTurned: (locked: boolean) => void,
    private readonly changed: () => void,
  ) {
    this.#nextScreenId = Math.max(...state.screens.map(screen => screen.id)) + 1
  }

  /** The text in the Notes window. */
  get text(): string {
    return this.state.field.text
  }

  /** True if the text field takes what is typed. */
  get focused(): boolean {
    return this.state.focused
  }

  /** First line of the text that is in sight, from 0. */
  get firstLine(): number {
    return this.state.firstLine
  }

  get startMenuOpen(): boolean {
    return this.state.startMenu
  }

  /** How often *Print test page* was pressed. */
  get testPages(): number {
    return this.state.testPages
  }

  /** An elevated helper runs. */
  get isElevated(): boolean {
    return this.state.elevated
  }

  /** Whose desktop is shown; `customer` at first. */
  get user(): string {
    return this.state.user
  }

  /** What covers the desktop: the operating system's prompt, the screen behind Ctrl+Alt+Del, the log-in screen, or the lock screen. */
  get cover(): Cover {
    return coverOf(this.state)
  }

  /** Where the pointer is. */
  get pointer(): { readonly screenId: number; readonly x: number; readonly y: number } {
    return this.state.pointer
  }

  /** HID usages of the keys that are down, whoever pressed them. */
  pressedKeys(): readonly number[] {
    return this.controls.heldKeys()
  }

  /** The mouse buttons that are down, whoever pressed them. */
  pressedButtons(): readonly number[] {
    return this.controls.heldButtons()
  }

  /** Where something is on the primary screen. */
  place(place: Place): Rect & { readonly screenId: number } {
    return { ...places(this.state)[place], screenId: primary(this.state).id }
  }

  /** Where a user's name is on the log-in screen. Throws `RangeError` for nobody of the machine's users. */
  logInPlace(user: string): Rect & { readonly screenId: number } {
    const chosen = logInPlaces(this.state).find(one => one.user === user)
    if (chosen === undefined) throw new RangeError(`${user} is no user of this machine.`)
    return { ...chosen.rect, screenId: primary(this.state).id }
  }

  /** Moves the mouse, by hand. */
  moveTo(screenId: number, x: number, y: number): void {
    this.controls.move('local', screenId, x, y)
  }

  /** Clicks, by hand: 0 left, 1 middle, 2 right. */
  click(screenId: number, x: number, y: number, button = 0): void {
    this.moveTo(screenId, x, y)
    this.controls.button('local', button, true)
    this.controls.button('local', button, false)
  }

  /** Presses or releases a key by its HID usage, by hand. */
  key(usage: number, down: boolean): void {
    this.controls.key('local', usage, down)
  }

  /** Types on a US keyboard, by hand; what it lacks comes as from an input method. */
  type(text: string): void {
    for (const char of text) {
      const strokes = strokesFor(char)
      if (!strokes) {
        this.controls.text('local', char)
        continue
      }
      if (strokes.shift) this.key(LEFT_SHIFT, true)
      this.key(strokes.usage, true)
      this.key(strokes.usage, false)
      if (strokes.shift) this.key(LEFT_SHIFT, false)
    }
  }

  /** Copies something in a program, by hand; text becomes `text/plain`. `secret`: the program marks it so, as password managers do. */
  setClipboard(contents: string | readonly ClipboardContent[], { secret = false }: { readonly secret?: boolean } = {}): void {
    if (typeof contents === 'string') this.clipboard.take([{ mime: 'text/plain', data: new TextEncoder().encode(contents) }], secret)
    else this.clipboard.take(contents, secret)
  }

  /** The text that a paste would give. */
  readClipboard(): string | undefined {
    return this.clipboard.paste()
  }

  /** What a paste would give in one format, such as `text/html` or `image/png`. */
  readClipboardAs(mime: string): Uint8Array | undefined {
    return this.clipboard.peek(mime)
  }

  /** Answers the operating system's prompt. Throws `RangeError` if none is open. */
  answerUac(answer: 'yes' | 'no'): void {
    if (!this.elevation) throw new RangeError('This desktop has no elevation.')
    this.elevation.answer(answer)
  }

  /** Ends the elevated helper as a crash would; does nothing if there is none. */
  endHelper(reason: string): void {
    this.elevation?.endHelper(reason)
  }

  /** Locks the screen: nothing but `unlock` reaches the desktop. */
  lock(): void {
    this.#turnLock(true)
  }

  /** Unlocks the screen. */
  unlock(): void {
    this.#turnLock(false)
  }

  /** Lets the clock go on. */
  tick(seconds = 1): void {
    this.state.seconds += seconds
    this.ticked()
    this.changed()
  }

  /** Plugs a monitor in, to the right of the others; returns its id. */
  addScreen(size: { readonly width: number; readonly height: number }): number {
    const id = this.#nextScreenId++
    this.#layout([...this.state.screens, { id, name: `Display ${id}`, ...size, scalePercent: 100, rotation: 0 }])
    return id
  }

  /** Unplugs a monitor; the next one becomes primary if need be. Throws `RangeError` for the last one. */
  removeScreen(id: number): void {
    this.#screen(id)
    if (this.state.screens.length === 1) throw new RangeError('The last screen stays.')
    this.#layout(this.state.screens.filter(screen => screen.id !== id))
  }

  /** Changes a monitor's resolution. */
  resizeScreen(id: number, size: { readonly width: number; readonly height: number }): void {
    const screen = this.#screen(id)
    this.#layout(this.state.screens.map(one => (one === screen ? { ...one, ...size } : one)))
  }

  /** Turns a monitor; width and height change places with every quarter turn. */
  rotateScreen(id: number, rotation: ScreenInfo['rotation']): void {
    const screen = this.#screen(id)
    const sideways = (screen.rotation - rotation) % 180 !== 0
    const turned = { ...screen, rotation, ...(sideways && { width: screen.height, height: screen.width }) }
    this.#layout(this.state.screens.map(one => (one === screen ? turned : one)))
  }

  #turnLock(locked: boolean): void {
    if (this.state.locked === locked) return
    this.state.locked = locked
    this.changed()
    this.lockTurned(locked)
  }

  #screen(id: number): ScreenInfo {
    const screen = this.state.screens.find(one => one.id === id)
    if (!screen) throw new RangeError(`There is no screen ${id}.`)
    return screen
  }

  #layout(screens: readonly Omit<ScreenInfo, 'x' | 'y' | 'primary'>[]): void {
    this.state.screens = arrange(screens)
    const under = this.state.screens.find(screen => screen.id === this.state.pointer.screenId) ?? primary(this.state)
    const inside = under.id === this.state.pointer.screenId ? this.state.pointer : { x: 0, y: 0 }
    this.state.pointer = { screenId: under.id, x: Math.min(inside.x, under.width - 1), y: Math.min(inside.y, under.height - 1) }
    this.changed()
  }
}
