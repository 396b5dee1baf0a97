/** Keeps the page's clipboard and the customer's the same, while the box is ticked. */
import type { Session } from '@remote-assist/peer'

/** Text alone, in each direction that the customer granted. The page's clipboard can be read when its window has the focus, and where the browser allows it. */
export class ClipboardBridge {
  readonly #session: Session
  readonly #stop = new AbortController()
  /** What both sides have: it is not sent back. */
  #shared: string | undefined

  constructor(session: Session) {
    this.#session = session
    session.on('clipboard', () => void this.#fromCustomer())
    session.on('clipboard-sync', ({ direction, on }) => on && direction === 'toCustomer' && void this.#toCustomer())
    addEventListener('focus', () => void this.#toCustomer(), { signal: this.#stop.signal })
    document.addEventListener('copy', () => setTimeout(() => void this.#toCustomer()), { signal: this.#stop.signal })
    document.addEventListener('paste', event => this.#offer(event.clipboardData?.getData('text/plain') ?? ''), { signal: this.#stop.signal })
  }

  close(): void {
    this.#stop.abort()
  }

  async #fromCustomer(): Promise<void> {
    if (this.#stop.signal.aborted || !this.#session.clipboard.switches.fromCustomer) return
    try {
      const text = await this.#session.clipboard.read()
      if (text === undefined) return
      this.#shared = text
      await navigator.clipboard?.writeText(text)
    } catch {
      // Without the focus, or against the browser's rules: the text stays where it is, and the next copy is tried again.
    }
  }

  async #toCustomer(): Promise<void> {
    if (this.#stop.signal.aborted || !this.#session.clipboard.switches.toCustomer || !document.hasFocus()) return
    try {
      this.#offer((await navigator.clipboard?.readText()) ?? '')
    } catch {
      // The browser does not let pages read: pasting into the picture offers the text.
    }
  }

  #offer(text: string): void {
    if (text === '' || text === this.#shared || !this.#session.clipboard.switches.toCustomer) return
    this.#shared = text
    this.#session.clipboard.offer(text)
  }
}
