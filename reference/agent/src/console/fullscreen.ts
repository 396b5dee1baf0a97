/** Full screen, in which the picture gets the keys that a browser keeps for itself otherwise: Escape, Alt + Tab, the Windows key. */

/** What browsers with Keyboard Lock have. */
interface LocksKeyboard {
  readonly keyboard?: { lock(): Promise<void>; unlock(): void }
}

const keyboard = () => (navigator as LocksKeyboard).keyboard

/** Enters it with this element, or leaves it. `locks`: there is a picture for the keys. */
export async function toggleFullScreen(element: HTMLElement, locks: boolean): Promise<void> {
  if (isFullScreen(element)) return leaveFullScreen(element)
  await element.requestFullscreen()
  if (locks) await lockKeys()
}

/** Whether this element is in it. */
export const isFullScreen = (element: HTMLElement): boolean => element.ownerDocument.fullscreenElement === element

/** From now on the picture gets the keys, as long as it is in full screen. Where the browser says no, its own keys stay its own. */
export async function lockKeys(): Promise<void> {
  await keyboard()
    ?.lock()
    .catch(() => undefined)
}

/** Leaves it, if this element is in it. */
export async function leaveFullScreen(element: HTMLElement): Promise<void> {
  keyboard()?.unlock()
  if (isFullScreen(element)) await element.ownerDocument.exitFullscreen()
}
