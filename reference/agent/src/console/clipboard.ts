/** Keeps the page's clipboard and the customer's the same, while the box is ticked. */
import type { Session } from '@remote-assist/peer'

/**
 * Text alone, in each direction that the customer granted. The page's clipboard can be read when its window has the focus, and where the browser allows it.
 * What the agent had copied before the box was ticked stays with the agent (RA-CLP-006): what is read first is only remembered.
 */
export class ClipboardBridge {
  readonly #session: Session
  readonly #stop = new AbortController()
  /** What is not offered: what both sides have, or what was there before; undefined until the clipboard was looked at. */
  #known: string | undefined

  constructor(session: Session) {
    this.#session = session
    session.on('clipboard', () => void this.#fromCustomer())
    session.on('clipboard-sync', ({ direction, on }) => direction === 'toCustomer' && this.#switched(on))
    addEventListener('focus', () => void this.#look(), { signal: this.#stop.signal })
    document.addEventListener('copy', () => setTimeout(() => void this.#look(true)), { signal: this.#stop.signal })
    document.addEventListener('paste', event => this.#offer(event.clipboardData?.getData('text/plain') ?? ''), { signal: this.#stop.signal })
  }

  close(): void {
    this.#stop.abort()
  }

  async #fromCustomer(): Promise<void> {
    if (this.#stop.signal.aborted || !this.#session.clipboard.switches.fromCustomer) return
    const before = this.#known
    try {
      const text = await this.#session.clipboard.read()
      if (text === undefined) return
      this.#known = text
      await navigator.clipboard?.writeText(text)
    } catch {
      // Without the focus, or against the browser's rules: the text stays where it is, and the next copy is tried again.
      this.#known = before
    }
  }

  #switched(on: boolean): void {
    this.#known = undefined
    if (on) void this.#look()
  }

  /** Offers what is on the page's clipboard, if it is new: for sure (`copied`), or other than what was there when it was looked at last. */
  async #look(copied = false): Promise<void> {
    if (this.#stop.signal.aborted || !this.#session.clipboard.switches.toCustomer || !document.hasFocus()) return
    try {
      const text = (await navigator.clipboard?.readText()) ?? ''
      if (copied || this.#known !== undefined) this.#offer(text)
      this.#known ??= text
    } catch {
      // The browser does not let pages read: pasting into the picture offers the text.
    }
  }

  #offer(text: string): void {
    if (text === '' || text === this.#known || !this.#session.clipboard.switches.toCustomer) return
    this.#known = text
    this.#session.clipboard.offer(text)
  }
}
