/** The agent's pointer on the picture: moves, buttons and wheel in native pixels. */
import { type Place, WheelUnits } from './geometry.js'

const BUTTONS = ['left', 'middle', 'right', 'back', 'forward'] as const

/** A button, in the order of `PointerEvent.button`. */
export type PointerButton = (typeof BUTTONS)[number]

/** Where the pointer's doings go. */
export interface PointerSink {
  /** The native pixel at a place of the viewport; undefined while there is no picture. */
  locate(clientX: number, clientY: number): Place | undefined
  /** Whether doings are taken now. `pressed` is called instead of `down` while they are not. */
  active(): boolean
  pressed(): void
  move(at: Place): void
  down(button: PointerButton): void
  up(button: PointerButton): void
  wheel(deltaX: number, deltaY: number): void
}

/**
 * Listens to the pointer on `surface`: a mouse, a pen or the first finger; further fingers do nothing. A drag goes on outside of it, until the last button is
 * up. Returns a function that stops it.
 */
export function listenToPointer(surface: HTMLElement, sink: PointerSink): () => void {
  const stop = new AbortController()
  const options = { signal: stop.signal }
  const held = new Set<PointerButton>()
  const wheel = new WheelUnits()

  const moveTo = ({ clientX, clientY }: MouseEvent): boolean => {
    const at = sink.locate(clientX, clientY)
    if (at !== undefined) sink.move(at)
    return at !== undefined
  }

  // Further buttons of a mouse that is down already come as moves: `buttons` alone tells.
  const follow = (event: PointerEvent) => {
    for (const [i, button] of BUTTONS.entries()) {
      const bit = [1, 4, 2, 8, 16][i] ?? 0
      const isDown = (event.buttons & bit) !== 0
      if (isDown === held.has(button)) continue
      if (isDown) {
        held.add(button)
        sink.down(button)
      } else {
        held.delete(button)
        sink.up(button)
      }
    }
  }

  const release = () => {
    for (const button of held) if (sink.active()) sink.up(button)
    held.clear()
  }

  surface.addEventListener(
    'pointerdown',
    event => {
      if (!event.isPrimary) return
      if (!sink.active()) return sink.pressed()
      if (!moveTo(event)) return
      event.preventDefault()
      surface.setPointerCapture(event.pointerId)
      follow(event)
    },
    options,
  )
  surface.addEventListener(
    'pointermove',
    event => {
      if (event.isPrimary && sink.active() && moveTo(event) && held.size > 0) follow(event)
    },
    options,
  )
  surface.addEventListener(
    'pointerup',
    event => {
      if (!event.isPrimary || !sink.active() || held.size === 0) return
      moveTo(event)
      follow(event)
    },
    options,
  )
  const cancel = ({ isPrimary }: PointerEvent) => isPrimary && release()
  surface.addEventListener('pointercancel', cancel, options)
  surface.addEventListener('lostpointercapture', cancel, options)
  surface.addEventListener('contextmenu', event => event.preventDefault(), options)
  surface.addEventListener(
    'wheel',
    event => {
      if (!sink.active() || !moveTo(event)) return
      event.preventDefault()
      const { x, y } = wheel.take(event.deltaX, event.deltaY, event.deltaMode)
      if (x !== 0 || y !== 0) sink.wheel(x, y)
    },
    { ...options, passive: false },
  )
  stop.signal.addEventListener('abort', release, { once: true })
  return () => stop.abort()
}
