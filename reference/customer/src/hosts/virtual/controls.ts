import type { InputHost, ScreenInfo } from '@remote-assist/peer'
import { Listeners } from '../listeners.js'
import { Usage, withoutNumLock } from './keyboard.js'
import { type Drag, dragTo, press, scroll } from './pointer.js'
import { type DesktopState, takesInput } from './state.js'
import { type TextClipboard, typeKey, typeText } from './typing.js'

/** Who moves the mouse or presses a key: the person in front of the machine, or the support agent. */
export type Origin = 'local' | 'injected'

/** The mouse and the keyboard of a virtual desktop, and their effect on its state. */
export class Controls {
  readonly localInput = new Listeners<[]>()
  readonly #held: Record<Origin, Set<number>> = { local: new Set(), injected: new Set() }
  readonly #buttons: Record<Origin, Set<number>> = { local: new Set(), injected: new Set() }
  #locks = { num: true, caps: false }
  #drag: Drag
  #wheel = 0

  constructor(
    private readonly state: DesktopState,
    private readonly clipboard: TextClipboard,
    private readonly changed: () => void,
  ) {}

  heldKeys(): readonly number[] {
    return [...new Set([...this.#held.local, ...this.#held.injected])].sort((a, b) => a - b)
  }

  heldButtons(): readonly number[] {
    return [...new Set([...this.#buttons.local, ...this.#buttons.injected])].sort((a, b) => a - b)
  }

  key(origin: Origin, usage: number, down: boolean): void {
    this.#act(origin, () => {
      if (!down) {
        this.#held[origin].delete(usage)
        return
      }
      const { num, caps } = this.#locks
      if (usage === Usage.capsLock && !this.#held[origin].has(usage)) this.#locks = { num, caps: !caps }
      if (usage === Usage.numLock && !this.#held[origin].has(usage)) this.#locks = { num: !num, caps }
      this.#held[origin].add(usage)
      const meant = num ? usage : withoutNumLock(usage)
      if (takesInput(this.state) && meant !== undefined) typeKey(this.state, meant, new Set(this.heldKeys()), caps, this.clipboard)
    })
  }

  /** Num Lock and Caps Lock as they are now. */
  get locks(): { readonly num: boolean; readonly caps: boolean } {
    return this.#locks
  }

  /** Turns them, without a key. */
  lock({ num, caps }: { readonly num: boolean; readonly caps: boolean }): void {
    this.#locks = { num, caps }
  }

  text(origin: Origin, text: string): void {
    this.#act(origin, () => typeText(this.state, text))
  }

  move(origin: Origin, screenId: number, x: number, y: number): void {
    this.#act(origin, () => {
      const screen = this.state.screens.find(one => one.id === screenId)
      if (!screen) return
      const to = { screenId, x: clamp(x, screen.width - 1), y: clamp(y, screen.height - 1) }
      const { pointer } = this.state
      if (pointer.screenId !== screenId || pointer.x !== to.x || pointer.y !== to.y) this.state.pointer = to
      if (this.#drag) dragTo(this.state, this.#drag)
    })
  }

  button(origin: Origin, button: number, down: boolean): void {
    this.#act(origin, () => {
      if (!down) {
        this.#buttons[origin].delete(button)
        if (button === 0) this.#drag = undefined
        return
      }
      this.#buttons[origin].add(button)
      if (button === 0 && takesInput(this.state)) this.#drag = press(this.state)
    })
  }

  /** 120 units are one notch, which scrolls by three lines; what is left over counts next time. */
  wheel(origin: Origin, deltaY: number): void {
    this.#act(origin, () => {
      this.#wheel += deltaY
      const lines = Math.trunc((this.#wheel * 3) / 120)
      this.#wheel -= (lines * 120) / 3
      scroll(this.state, lines)
    })
  }

  /** Releases every injected key and button. */
  releaseAll(): void {
    for (const usage of [...this.#held.injected]) this.key('injected', usage, false)
    for (const button of [...this.#buttons.injected]) this.button('injected', button, false)
  }

  #act(origin: Origin, change: () => void): void {
    change()
    this.changed()
    if (origin === 'local') this.localInput.emit()
  }
}

/** The input part of the host: everything through it is injected. */
export function injectedInput(controls: Controls): InputHost {
  return {
    key: (usage, down) => controls.key('injected', usage, down),
    locks: on => controls.lock(on),
    text: text => controls.text('injected', text),
    move: (screenId, x, y) => controls.move('injected', screenId, x, y),
    button: (button, down) => controls.button('injected', button, down),
    wheel: (_, deltaY) => controls.wheel('injected', deltaY),
    onLocalInput: listener => controls.localInput.add(listener),
  }
}

/** Screens beside one another from left to right, the first one primary. */
export function arrange(screens: readonly Omit<ScreenInfo, 'x' | 'y' | 'primary'>[]): readonly ScreenInfo[] {
  let x = 0
  return screens.map((screen, i) => {
    const placed = { ...screen, x, y: 0, primary: i === 0 }
    x += screen.width
    return placed
  })
}

function clamp(value: number, max: number): number {
  return Math.max(0, Math.min(max, Math.floor(value)))
}
