/** The agent's keyboard: physical keys by HID usage; what no key stands for (IME, dead keys, other layouts) as text. */
import { isUsual, USAGES } from './keys.js'

/** Where keys go. */
export interface KeySink {
  /** Whether keys are taken now; while they are not, they are the page's. */
  active(): boolean
  /** `locks`: bit 0 Num, 1 Caps, 2 Scroll. */
  down(usage: number, locks: number): void
  up(usage: number, locks: number): void
  text(text: string): void
  releaseAll(): void
  /** `isWayOut` was pressed: the field has lost the keyboard, and nothing is down any more. */
  leave(): void
}

/** The key that leads out of the picture, as in the client that Windows has: browsers leave it to pages, and hardly a desktop needs it. */
const isWayOut = ({ key, ctrlKey, altKey, shiftKey, metaKey }: KeyboardEvent): boolean => key === 'Home' && ctrlKey && altKey && !shiftKey && !metaKey

/** Most characters of one committed text; longer ones come by the clipboard. */
const MAX_TEXT = 4_096

const LOCKS = ['NumLock', 'CapsLock', 'ScrollLock'] as const

const locksOf = (event: KeyboardEvent): number => LOCKS.reduce((bits, lock, i) => (event.getModifierState(lock) ? bits | (1 << i) : bits), 0)

/**
 * Listens to `field`, a text field that is never seen: keys go out as they are pressed, and what an input method or a dead key commits into the field goes
 * out as text. Ctrl + Alt + Home leads out. When the field or the page loses the keyboard, everything that is down goes up. Returns a function that stops it.
 */
export function listenToKeys(field: HTMLTextAreaElement, sink: KeySink): () => void {
  const pressed = new Map<string, number>()
  // AltGr makes a character, which goes out as text: the key itself only before a key that does not. Alone it would open menus over there.
  const heldBack = new Map<string, number>()
  const stop = new AbortController()
  const { signal } = stop

  const release = () => {
    if (pressed.size > 0) sink.releaseAll()
    pressed.clear()
    heldBack.clear()
    field.value = ''
  }

  field.addEventListener(
    'keydown',
    event => {
      if (!sink.active() || event.isComposing || event.key === 'Process' || event.key === 'Dead' || event.key === 'Unidentified') return
      const usage = USAGES.get(event.code)
      event.preventDefault()
      event.stopPropagation()
      if (isWayOut(event)) {
        field.blur()
        return sink.leave()
      }
      if (asText(event)) return sink.text(event.key)
      if (usage === undefined) return
      if (event.key === 'AltGraph') {
        if (!pressed.has(event.code)) heldBack.set(event.code, usage)
        return
      }
      for (const [code, one] of [...heldBack, [event.code, usage] as const]) {
        pressed.set(code, one)
        sink.down(one, locksOf(event))
      }
      heldBack.clear()
    },
    { signal },
  )

  field.addEventListener(
    'keyup',
    event => {
      heldBack.delete(event.code)
      const usage = pressed.get(event.code)
      if (usage === undefined) return
      event.preventDefault()
      pressed.delete(event.code)
      sink.up(usage, locksOf(event))
      // Browsers on macOS tell nothing of keys that go up while Command is held.
      if (event.key === 'Meta') release()
    },
    { signal },
  )

  const commit = () => {
    const text = field.value.slice(0, MAX_TEXT)
    field.value = ''
    if (text !== '') sink.text(text)
  }
  field.addEventListener('compositionend', commit, { signal })
  field.addEventListener('input', event => (event as InputEvent).isComposing || commit(), { signal })
  field.addEventListener('blur', release, { signal })
  // The picture may be in another window by then: the page is the one that the keyboard is in.
  const whenHidden = () => field.ownerDocument.hidden && release()
  const watch = () => field.ownerDocument.addEventListener('visibilitychange', whenHidden, { signal })
  field.addEventListener('focus', watch, { signal })
  watch()
  signal.addEventListener('abort', release, { once: true })
  return () => stop.abort()
}

/** Whether a key press is sent as the character that it made: one that this key does not make on every keyboard, and no shortcut. */
function asText(event: KeyboardEvent): boolean {
  if ([...event.key].length !== 1) return false
  if (event.getModifierState('AltGraph')) return true
  if (event.ctrlKey || event.altKey || event.metaKey) return false
  return !isUsual(event.code, event.key, event.shiftKey)
}
