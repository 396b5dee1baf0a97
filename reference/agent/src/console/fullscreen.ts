/** Full screen, in which the picture gets the keys that a browser keeps for itself otherwise: Escape, Alt + Tab, the Windows key. */

/** What browsers with Keyboard Lock have. */
interface LocksKeyboard {
  readonly keyboard?: { lock(): Promise<void>; unlock(): void }
}

const keyboard = () => (navigator as LocksKeyboard).keyboard

/** Enters it with this element, or leaves it. */
export async function toggleFullScreen(element: HTMLElement): Promise<void> {
  const { ownerDocument } = element
  if (ownerDocument.fullscreenElement === element) return leaveFullScreen(element)
  await element.requestFullscreen()
  // Where the browser says no, its own keys stay its own.
  await keyboard()
    ?.lock()
    .catch(() => undefined)
}

/** Leaves it, if this element is in it. */
export async function leaveFullScreen(element: HTMLElement): Promise<void> {
  keyboard()?.unlock()
  if (element.ownerDocument.fullscreenElement === element) await element.ownerDocument.exitFullscreen()
}
