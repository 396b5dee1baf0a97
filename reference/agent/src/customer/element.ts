/** `<remote-assist-customer>`: a customer's whole page in one element, from the PIN to the log. */
import type { Trust } from '@remote-assist/peer'
import { BROWSER_TOPICS, called, type Strings, stringsFor, type Topic } from '@remote-assist/ui'
import { barView, controls, customerView, filePicker, Guide, languageOf, page, sharing, shownOf, tokens } from '@remote-assist/ui/browser'
import { html, LitElement, type PropertyValues, type TemplateResult } from 'lit'
import { canShareScreen } from './host/browser-host.js'
import type { PageState } from './model.js'
import { Preview } from './preview.js'
import { canKeepOnTop, TopWindow } from './top-window.js'
import { clipboardView } from './views/clipboard.js'
import type { PageFrame } from './views/frame.js'
import { screenView } from './views/screen.js'
import { Visit } from './visit.js'

/** How long a button says that it has done it, ms. */
const DONE_MS = 1_600

/**
 * A customer's page. Attributes: `broker` (base URL; default the page's own origin), `display-name` (what the agent sees), `lang` (`en`, `de`; default that of the
 * page, then the browser's). Properties: `link`: a client session URL, or its fragment; taken once. `trust`: whose word counts for agents; default nobody's.
 * `reloaded`: a share ended because the page was loaded again; it is said. Events: `sharing`, when somebody was allowed something; `ended`. Removing it stops.
 */
export class RemoteAssistCustomer extends LitElement {
  static override readonly styles = [tokens, controls, page, sharing]
  static override readonly properties = {
    broker: {},
    displayName: { attribute: 'display-name' },
    link: { attribute: false },
    trust: { attribute: false },
    reloaded: { attribute: false },
  }

  declare broker: string
  declare displayName: string
  declare link: string | undefined
  declare trust: Trust | undefined
  declare reloaded: boolean

  readonly #visit: Visit
  readonly #preview: Preview
  readonly #picker = filePicker(this.ownerDocument, (files, question) => this.#visit.sendFiles(files, question))
  readonly #guide = new Guide(this, () => shownOf(this.#visit.state))
  #leaving = new AbortController()
  readonly #top = new TopWindow(RemoteAssistCustomer.styles, () => this.#redraw())
  #previewOpen = false
  #pasting = false
  #copied: string | undefined

  constructor() {
    super()
    this.broker = ''
    this.displayName = ''
    this.link = undefined
    this.trust = undefined
    this.reloaded = false
    this.#preview = new Preview(this.ownerDocument, person => this.#nameOf(person))
    this.#visit = new Visit({
      broker: () => this.#broker,
      displayName: () => this.displayName,
      trust: () => this.trust,
      changed: () => this.#redraw(),
      drawn: annotation => {
        this.#preview.hear(annotation)
        // Somebody points at something: the person gets to see where.
        if (!this.#preview.sketch.empty) this.#openPreview(true)
      },
      ended: () => {
        this.#top.close()
        this.#preview.close()
        this.#previewOpen = false
        this.#emit('ended')
      },
    })
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.#leaving = new AbortController()
    const { signal } = this.#leaving
    const shares = () => this.#visit.state.stage.name === 'live'
    addEventListener('beforeunload', event => shares() && event.preventDefault(), { signal })
    // What a browser keeps of the page, to show it again, shows none of this.
    addEventListener('pagehide', () => this.#visit.restart(), { signal })
    // What a page sets right after it made the element counts.
    queueMicrotask(() => {
      if (!this.isConnected) return
      if (this.reloaded) this.#visit.failed({ code: 'E_RELOADED' })
      const { link } = this
      this.link = undefined
      if (link !== undefined && link !== '') this.#visit.join(link.includes('#') ? link : `#${link}`)
    })
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#leaving.abort()
    this.#visit.restart()
    this.#preview.close()
    this.#top.close()
  }

  override render(): TemplateResult {
    const { state } = this.#visit
    const frame = this.#frame(state)
    this.#preview.shared = state.shared
    this.#preview.keep(new Set(state.people.filter(({ holds }) => holds.includes('talk')).map(({ id }) => id)))
    this.#preview.open = this.#previewOpen
    this.#preview.label = frame.t.previewLabel
    return html`${this.#picker.element}${customerView(state, frame)}`
  }

  override updated(changes: PropertyValues<this>): void {
    super.updated(changes)
    const { state } = this.#visit
    if (state.stage.name === 'live') this.#top.draw(barView(state, { ...this.#frame(state), keepOnTop: undefined }))
  }

  #frame(state: PageState): PageFrame {
    const t = this.#words
    const hindered = (topic: Topic) => (topic === 'see' && !canShareScreen() ? t.seeWhy : undefined)
    const frame: PageFrame = {
      ...this.#guide.choice(state, hindered),
      t,
      actions: this.#visit,
      preview: this.#preview,
      now: Date.now(),
      broker: this.#broker,
      previewOpen: this.#previewOpen,
      openPreview: open => this.#openPreview(open),
      pasting: this.#pasting,
      sendCopied: () => void this.#sendCopied(),
      pickFiles: question => this.#picker.open(question),
      keepOnTop: canKeepOnTop() && !this.#top.open ? () => this.#keepOnTop() : undefined,
      copied: this.#copied,
      copy: (what, text) => void this.#copy(what, text),
      able: BROWSER_TOPICS,
      hindered,
      asked: () => html``,
      screen: () => screenView(state, frame),
      place: () => html``,
      logFile: undefined,
      more: () => clipboardView(state, frame),
    }
    return frame
  }

  get #broker(): string {
    return this.broker || location.origin
  }

  get #words(): Strings {
    const given = this.closest<HTMLElement>('[lang]')
    return stringsFor(...(given === null ? navigator.languages : [languageOf(this)]))
  }

  #openPreview(open: boolean): void {
    this.#previewOpen = open
    this.#redraw()
  }

  #keepOnTop(): void {
    this.#top.show().catch((error: unknown) => this.#visit.failed(error))
  }

  /** Only now, on the person's click, is the clipboard read; where the browser does not let pages, they paste it. */
  async #sendCopied(): Promise<void> {
    const text = await navigator.clipboard?.readText().catch(() => undefined)
    this.#pasting = text === undefined
    if (text === '') this.#visit.failed({ code: 'E_NOTHING_COPIED' })
    else if (text !== undefined) {
      this.#visit.giveCopied(text)
      this.#done('given')
    }
    this.#redraw()
  }

  async #copy(what: string, text: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text)
      this.#done(what)
    } catch (error) {
      this.#visit.failed(error)
    }
  }

  #done(what: string): void {
    this.#copied = what
    setTimeout(() => {
      this.#copied = undefined
      this.#redraw()
    }, DONE_MS)
    this.#redraw()
  }

  #nameOf(person: number): string {
    const who = this.#visit.state.people.find(({ id }) => id === person)
    return called(who ?? { name: '', role: 'agent' }, this.#words)
  }

  readonly #redraw = (): void => {
    this.#announce()
    this.requestUpdate()
  }

  /** Tells the page around it when somebody was allowed something for the first time. */
  #announce(): void {
    const live = this.#visit.state.stage.name === 'live'
    if (live !== this.#live && live) this.#emit('sharing')
    this.#live = live
  }
  #live = false

  #emit(name: 'sharing' | 'ended'): void {
    this.dispatchEvent(new Event(name, { bubbles: true, composed: true }))
  }
}
