/** The agent's hands: keys, text, pointer and the combinations that no browser passes on; and who is in control. */

import { Button, RefusalReason } from '@remote-assist/codec'
import { FEATURE } from '@remote-assist/core'
import { AssistError, type RefusalWord, refusalWord } from '../errors.js'
import { Answers } from '../inflow.js'
import { type ComboName, comboOf, type Key, modifiersOf, usageOf } from './hid.js'
import type { ToCustomer } from './joiner.js'
import type { Screens } from './screens.js'

/** Buttons of the pointer. */
export type ButtonName = 'left' | 'middle' | 'right' | 'back' | 'forward'

const BUTTONS: { readonly [N in ButtonName]: Button } = {
  left: Button.LEFT,
  middle: Button.MIDDLE,
  right: Button.RIGHT,
  back: Button.BACK,
  forward: Button.FORWARD,
}

/** In `KeyEvent.locks`: the bits beside it mean something. */
const LOCKS_SAID = 8

/** Most bytes of text in one message. */
const MAX_TEXT_BYTES = 4_096

/** Whether a combination was made, and if not, why. */
export type SendKeysAnswer = { readonly ok: true } | { readonly ok: false; readonly reason: RefusalWord }

/** Who is in control of pointer and keyboard. */
export interface ControlState {
  /** The agent in control; 0 = nobody. */
  readonly holder: number
  /** It is this agent. */
  readonly ours: boolean
  /** The local user is at work: what the holder does is dropped for a moment. */
  readonly heldOff: boolean
}

const NOBODY: ControlState = { holder: 0, ours: false, heldOff: false }

/** Control: at most one agent has it. It does not survive a line that dropped. */
export class Control {
  #state = NOBODY
  readonly #to: ToCustomer

  constructor(to: ToCustomer) {
    this.#to = to
    to.words.on('control', ({ holder, heldOff }) => {
      this.#state = { holder, ours: holder === to.driver.self, heldOff }
    })
    to.words.on('peer.phase', ({ phase }) => {
      if (phase === 'suspended') this.#state = NOBODY
    })
  }

  get state(): ControlState {
    return this.#state
  }

  /** Asks for control; resolves when this agent has it. Rejects with the refusal: `E_BUSY` if another agent has it, `E_NO_GRANT` … */
  request(): Promise<void> {
    return this.#to.request(requestId => ({ type: 'local.requestControl', requestId }))
  }

  /** Gives control back. What is down goes up. */
  release(): void {
    this.#to.call('input', { type: 'local.releaseAll' })
    this.#to.dispatch({ type: 'local.say', kind: { $case: 'releaseControl', value: {} } })
  }
}

/** The pointer on the screen that is shown, in its native pixels. */
export class Pointer {
  #x = 0
  #y = 0
  readonly #to: ToCustomer
  readonly #screens: Screens

  constructor(to: ToCustomer, screens: Screens) {
    this.#to = to
    this.#screens = screens
  }

  move(x: number, y: number): void {
    this.#to.call('input', { type: 'local.move', ...this.#at(x, y) }, RefusalReason.NO_LEASE)
  }

  /** Presses and releases, `count` times. */
  click(x: number, y: number, { button = 'left', count = 1 }: { readonly button?: ButtonName; readonly count?: number } = {}): void {
    this.move(x, y)
    for (let i = 0; i < count; i++) {
      this.down(button)
      this.up(button)
    }
  }

  /** Presses a button where the pointer is. */
  down(button: ButtonName = 'left'): void {
    this.#button(button, true)
  }

  /** Releases a button where the pointer is. */
  up(button: ButtonName = 'left'): void {
    this.#button(button, false)
  }

  /** Scrolls where the pointer is; 120 is one notch, positive is right and down. */
  wheel(deltaX: number, deltaY: number): void {
    this.#to.call(
      'input',
      { type: 'local.wheel', ...this.#at(this.#x, this.#y), deltaX: clampWheel(deltaX), deltaY: clampWheel(deltaY) },
      RefusalReason.NO_LEASE,
    )
  }

  #button(button: ButtonName, down: boolean): void {
    this.#to.call('input', { type: 'local.button', ...this.#at(this.#x, this.#y), button: BUTTONS[button], down }, RefusalReason.NO_LEASE)
  }

  #at(x: number, y: number) {
    const screen = this.#screens.current
    if (screen === undefined) throw new AssistError('E_NOT_FOUND', 'No screen is shown.', { hint: 'Show one with screens.show() first.' })
    this.#x = Math.round(Math.min(screen.width - 1, Math.max(0, x)))
    this.#y = Math.round(Math.min(screen.height - 1, Math.max(0, y)))
    return { screenId: screen.screenId, x: this.#x, y: this.#y }
  }
}

const clampWheel = (delta: number): number => Math.round(Math.min(12_000, Math.max(-12_000, delta)))

/** Keyboard and pointer. Every call throws `E_NOT_IN_CONTROL` while this agent is not in control. */
export class Input {
  readonly pointer: Pointer
  readonly #down = new Set<number>()
  readonly #combos = new Answers<RefusalReason>()
  readonly #to: ToCustomer

  constructor(to: ToCustomer, screens: Screens) {
    this.#to = to
    this.pointer = new Pointer(to, screens)
    to.words.on('control', ({ holder }) => holder !== to.driver.self && this.#down.clear())
    to.words.on('peer.phase', ({ phase }) => phase === 'suspended' && this.#down.clear())
    to.words.on('input.sentKeys', ({ requestId, refusal }) => this.#combos.settle(requestId, refusal))
    to.words.on('over', error => this.#combos.failAll(error))
  }

  /** Types text as it is, whatever the layouts. Line feeds and tabs are typed; other control characters are refused with `E_INVALID`. Throws `E_UNSUPPORTED` if the customer takes no text. */
  type(text: string): void {
    const clean = text.replace(/\r\n?/g, '\n')
    const takesText = this.#to.customer?.capabilities.includes(FEATURE.text) ?? false
    if (/[^\P{Cc}\n\t]/u.test(clean)) throw new AssistError('E_INVALID', 'Text to type has a control character.', { hint: 'Press keys with input.key().' })
    for (const piece of pieces(clean))
      this.#to.call('input', { type: 'local.text', text: piece }, takesText ? RefusalReason.NO_LEASE : RefusalReason.UNSUPPORTED)
  }

  /** Presses and releases a key, with others held meanwhile: `key('KeyC', ['ctrl'])`. */
  key(key: Key, held: readonly Key[] = []): void {
    const others = held.map(usageOf).filter(usage => !this.#down.has(usage))
    const usage = usageOf(key)
    for (const other of others) this.down(other)
    this.down(usage)
    this.up(usage)
    for (const other of others.reverse()) this.up(other)
  }

  /** Presses a key; it stays down until `up`, `releaseAll`, or the loss of control. `locks` on here: bit 0 Num, 1 Caps, 2 Scroll; without it the customer's stay as they are. */
  down(key: Key, { locks }: { readonly locks?: number } = {}): void {
    const usage = usageOf(key)
    this.#send(usage, true, new Set([...this.#down, usage]), locks)
  }

  /** Releases a key. */
  up(key: Key, { locks }: { readonly locks?: number } = {}): void {
    const usage = usageOf(key)
    this.#send(usage, false, new Set([...this.#down].filter(other => other !== usage)), locks)
  }

  /** Releases everything that is down: the window lost focus. Never throws while the session lasts. */
  releaseAll(): void {
    this.#down.clear()
    this.#to.call('input', { type: 'local.releaseAll' })
  }

  /** Asks for a combination that a browser or desktop keeps for itself. */
  async sendKeys(name: ComboName): Promise<SendKeysAnswer> {
    const requestId = this.#to.joiner.nextId()
    const combo = comboOf(name)
    const answer = this.#combos.wait(requestId)
    try {
      this.#to.call('input', { type: 'local.sendKeys', requestId, combo }, RefusalReason.BUSY)
    } catch (error) {
      this.#combos.fail(requestId, error as Error)
    }
    const told = await answer
    const refusal = told === RefusalReason.NOT_ELEVATED && !this.#hasSecureKeys ? RefusalReason.UNSUPPORTED : told
    return refusal === RefusalReason.UNSPECIFIED ? { ok: true } : { ok: false, reason: refusalWord(refusal) }
  }

  /** What the customer's computer said of itself: elevation would not help where there is nothing to send. */
  get #hasSecureKeys(): boolean {
    return this.#to.customer?.platform?.canSendSecureKeys ?? true
  }

  #send(usage: number, down: boolean, after: ReadonlySet<number>, on: number | undefined): void {
    const locks = on === undefined ? 0 : on | LOCKS_SAID
    this.#to.call('input', { type: 'local.key', usage, down, modifiers: modifiersOf(after), locks }, RefusalReason.NO_LEASE)
    if (down) this.#down.add(usage)
    else this.#down.delete(usage)
  }
}

/** Text in pieces that a message holds, cut between characters. */
function* pieces(text: string): Generator<string> {
  const encoder = new TextEncoder()
  let piece = ''
  let bytes = 0
  for (const char of text) {
    const size = encoder.encode(char).length
    if (bytes + size > MAX_TEXT_BYTES) {
      yield piece
      piece = ''
      bytes = 0
    }
    piece += char
    bytes += size
  }
  if (piece !== '') yield piece
}
