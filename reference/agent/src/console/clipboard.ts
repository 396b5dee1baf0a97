/** Keeps the page's clipboard and the customer's the same, while the box is ticked. */
import type { Session } from '@remote-assist/peer'
import { type Content, copyByEvent, isSame, readFromEvent, readPage, writePage } from './clipboard-page.js'
import type { View } from './popout.js'

/**
 * Text, HTML and pictures, in each direction that the customer granted. The page's clipboard can be read and written while its window has the focus, or the one that the
 * picture is in, and where the browser allows it; elsewhere what came waits for the next key or click, and what goes is what is pasted into the picture.
 * What the agent had copied before the box was ticked stays with the agent (RA-CLP-006): what is read first is only remembered.
 */
export class ClipboardBridge {
  readonly #session: Session
  readonly #stop = new AbortController()
  /** The window that the picture is in, and what ends listening there if it is not the page's. */
  #picture: { readonly view: View; readonly left: AbortController } | undefined
  /** What is not offered: what both sides have, or what was there before; undefined until the clipboard was looked at. */
  #known: Content | undefined
  /** What the customer copied and the page could not write yet, and the texts in it. */
  #waiting: { readonly content: Content; readonly texts: ReadonlyMap<string, string> } | undefined
  #newest = 0
  /** Presses the key that pastes over there, once what it brings is offered. */
  #press: (() => void) | undefined
  #looking: Promise<void> = Promise.resolve()
  /** The browser said that pages cannot read its clipboard, or has no way to. */
  #blind = navigator.clipboard === undefined

  constructor(session: Session) {
    this.#session = session
    session.on('clipboard', () => void this.#fromCustomer())
    session.on('clipboard-sync', ({ direction, on }) => direction === 'toCustomer' && this.#switched(on))
    this.#listen(window, this.#stop.signal)
  }

  /** The picture is in this window from now on, the page's or one of its own. */
  pictureIn(view: View): void {
    this.#picture?.left.abort()
    const left = new AbortController()
    this.#picture = { view, left }
    if (view !== window && !this.#stop.signal.aborted) this.#listen(view, left.signal)
  }

  #listen(view: View, signal: AbortSignal): void {
    const { document } = view
    view.addEventListener('focus', () => void this.#focused(), { signal })
    document.addEventListener('copy', () => setTimeout(() => this.#look(true)), { signal })
    document.addEventListener('paste', event => this.#pasted(event), { signal })
    document.addEventListener('keydown', event => this.#keyDown(event), { signal, capture: true })
    document.addEventListener('pointerdown', () => this.#gesture(), { signal, capture: true })
  }

  close(): void {
    this.#stop.abort()
    this.#picture?.left.abort()
  }

  /** The window that has the focus; the page's if none has. */
  get #view(): View {
    const view = this.#picture?.view
    return view?.document.hasFocus() ? view : window
  }

  get #sends(): boolean {
    return !this.#stop.signal.aborted && this.#session.clipboard.switches.toCustomer
  }

  get #takes(): boolean {
    return !this.#stop.signal.aborted && this.#session.clipboard.switches.fromCustomer
  }

  async #fromCustomer(): Promise<void> {
    const turn = ++this.#newest
    this.#waiting = undefined
    const { clipboard } = this.#session
    const content = new Map<string, Blob>()
    const texts = new Map<string, string>()
    for (const { mime } of clipboard.offered) {
      // What cannot be had, or is no picture, is not there: the rest may be.
      const data = await clipboard.readAs(mime).catch(() => undefined)
      if (data === undefined) continue
      content.set(mime, new Blob([data as Uint8Array<ArrayBuffer>], { type: mime }))
      if (mime.startsWith('text/')) texts.set(mime, new TextDecoder().decode(data))
    }
    if (turn !== this.#newest || !this.#takes || content.size === 0) return
    this.#waiting = { content, texts }
    await this.#write()
  }

  /** Puts what waits on the page's clipboard; without the focus, or against the browser's rules, it goes on waiting. */
  async #write(): Promise<void> {
    const waiting = this.#waiting
    if (waiting === undefined || !this.#takes) return
    const { content } = waiting
    const view = this.#view
    const before = this.#known
    this.#known = content
    try {
      await writePage(view, content)
    } catch {
      this.#known = before
      return
    }
    if (this.#waiting === waiting) this.#waiting = undefined
    // The browser may have changed how it says the same.
    const now = await readPage(view).catch(() => undefined)
    if (this.#known === content && now !== undefined) this.#known = now
  }

  /** A key or a button goes down: now a page may copy, even where it may not write by itself. */
  #gesture(): void {
    const waiting = this.#waiting
    if (waiting === undefined || !this.#takes) return
    if (navigator.clipboard !== undefined) return void this.#write()
    if (waiting.texts.size > 0 && !copyByEvent(this.#view, waiting.texts)) return
    this.#waiting = undefined
    this.#known = waiting.content
  }

  #switched(on: boolean): void {
    this.#known = undefined
    if (on) this.#look()
  }

  async #focused(): Promise<void> {
    await this.#write()
    this.#look()
  }

  /** Looks at the page's clipboard, after every look before it. */
  #look(copied = false): void {
    this.#looking = this.#looking.then(() => this.#compare(copied))
  }

  /** Offers what is on the page's clipboard, if it is new: for sure (`copied`), or other than what was there when it was looked at last. */
  async #compare(copied: boolean): Promise<void> {
    const view = this.#view
    if (!this.#sends || !view.document.hasFocus()) return
    try {
      const content = await readPage(view)
      this.#blind = false
      if (copied || this.#known !== undefined) await this.#offer(content)
      this.#known ??= content
    } catch {
      // The browser does not let pages read: pasting into the picture offers what is pasted.
      this.#blind = true
    }
  }

  async #offer(content: Content): Promise<void> {
    if (content.size === 0 || (this.#known !== undefined && (await isSame(content, this.#known))) || !this.#sends) return
    this.#known = content
    this.#session.clipboard.offer([...content].map(([mime, blob]) => ({ mime, data: async () => new Uint8Array(await blob.arrayBuffer()) })))
  }

  /** What is pasted into the picture is offered; what is pasted into a field is for that field. */
  #pasted(event: ClipboardEvent): void {
    if (event.clipboardData === null || isField(event)) return
    event.preventDefault()
    const press = this.#press
    this.#press = undefined
    void this.#offer(readFromEvent(event.clipboardData)).then(press)
  }

  /** Where the page cannot read, a key that pastes first brings the content: then it is pressed over there. */
  #keyDown(event: KeyboardEvent): void {
    this.#gesture()
    if (!event.isTrusted || !this.#blind || !this.#sends || isField(event) || !pastes(event)) return
    // The browser's own pasting tells what there is; the key, which it would keep for itself, is pressed again behind the offer.
    event.stopImmediatePropagation()
    const field = event.composedPath()[0]
    this.#press = () => {
      for (const type of ['keydown', 'keyup']) field?.dispatchEvent(new KeyboardEvent(type, event))
    }
  }
}

const pastes = (event: KeyboardEvent): boolean =>
  ((event.ctrlKey || event.metaKey) && !event.altKey && event.code === 'KeyV') || (event.shiftKey && event.code === 'Insert')

/** Whether it is about a field that somebody sees, and not about the picture. */
function isField(event: Event): boolean {
  const target = event.composedPath()[0]
  return (target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement) && !target.classList.contains('catcher')
}
