/** `<remote-assist-customer>`: a customer's whole page in one element, from the PIN to the log. */
import type { Trust } from '@remote-assist/peer'
import { html, LitElement, type PropertyValues, type TemplateResult } from 'lit'
import { languageOf } from '../console/strings.js'
import { controls } from '../console/styles/controls.js'
import { tokens } from '../console/styles/tokens.js'
import { canShareScreen } from './host/browser-host.js'
import type { CustomerState } from './model.js'
import { Preview } from './preview.js'
import { type Strings, stringsFor } from './strings.js'
import { page } from './styles/page.js'
import { sharing } from './styles/sharing.js'
import { canKeepOnTop, TopWindow } from './top-window.js'
import { SUGGESTED, type Topic } from './topics.js'
import { barView } from './views/bar.js'
import { codeView, waitView } from './views/code.js'
import { consentView } from './views/consent.js'
import { endedView } from './views/ended.js'
import { liveView } from './views/live.js'
import { called, type Frame, noticeView } from './views/parts.js'
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
    _tick: { state: true },
  }

  declare broker: string
  declare displayName: string
  declare link: string | undefined
  declare trust: Trust | undefined
  declare reloaded: boolean
  declare _tick: number

  readonly #visit: Visit
  readonly #preview: Preview
  readonly #picker: HTMLInputElement
  #timer: ReturnType<typeof setInterval> | undefined
  #leaving = new AbortController()
  readonly #top = new TopWindow(RemoteAssistCustomer.styles, () => this.#redraw())
  #chosen: { readonly question: number; readonly topics: ReadonlySet<Topic> } = { question: 0, topics: SUGGESTED }
  #previewOpen = false
  #pasting = false
  #copied: string | undefined
  #answering: number | undefined
  #shown = ''

  constructor() {
    super()
    this.broker = ''
    this.displayName = ''
    this.link = undefined
    this.trust = undefined
    this.reloaded = false
    this._tick = 0
    this.#preview = new Preview(this.ownerDocument, person => this.#nameOf(person))
    this.#picker = Object.assign(this.ownerDocument.createElement('input'), { type: 'file', multiple: true, hidden: true })
    this.#picker.addEventListener('change', () => {
      this.#visit.sendFiles([...(this.#picker.files ?? [])], this.#answering)
      this.#picker.value = ''
    })
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
    this.#timer = setInterval(() => this.#redraw(), 1_000)
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
    clearInterval(this.#timer)
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
    return html`${this.#picker}${state.stage.name === 'live' ? liveView(state, frame) : html`<main class="page">${noticeView(state, frame)}${this.#question(state, frame)}</main>`}`
  }

  override updated(changes: PropertyValues<this>): void {
    super.updated(changes)
    const { state } = this.#visit
    if (state.stage.name === 'live') this.#top.draw(barView(state, { ...this.#frame(state), keepOnTop: undefined }))
    for (const lines of this.renderRoot.querySelectorAll<HTMLElement>('.lines')) {
      // New lines come at the end, which is shown for as long as nobody scrolls.
      const count = String(lines.childElementCount)
      if (lines.dataset.count !== count) lines.scrollTop = lines.scrollHeight
      lines.dataset.count = count
    }
    const { stage, questions } = state
    const shown = `${stage.name}:${questions[0]?.id ?? ''}`
    if (shown === this.#shown) return
    const first = this.#shown === ''
    this.#shown = shown
    // A new question is read out; the PIN's field is where a person types.
    const focus = this.renderRoot.querySelector<HTMLElement>(stage.name === 'code' ? 'input.pin' : ':is(.asked, .page, .bar) [tabindex="-1"]')
    if (stage.name === 'code' || !first) focus?.focus({ preventScroll: true })
    this.scrollIntoView({ block: 'start' })
  }

  #question(state: CustomerState, frame: Frame): TemplateResult {
    const { t } = frame
    const { stage, questions } = state
    const [question] = questions
    switch (stage.name) {
      case 'code':
        return codeView(stage.problem, frame)
      case 'joining':
        return waitView(t.joiningTitle, t.joiningHow, frame)
      case 'ended':
        return endedView(stage, state, frame)
      default:
        return question === undefined ? waitView(t.waitingTitle, t.waitingHow, frame) : consentView(question, state, frame)
    }
  }

  #frame({ questions }: CustomerState): Frame {
    const [question] = questions
    const suggested = new Set(question?.topics.filter(topic => SUGGESTED.has(topic) && (topic !== 'see' || canShareScreen())))
    const chosen = question?.id === this.#chosen.question ? this.#chosen.topics : suggested
    return {
      t: this.#words,
      actions: this.#visit,
      preview: this.#preview,
      now: Date.now(),
      broker: this.#broker,
      chosen,
      choose: (topic, on) => {
        const topics = new Set(chosen)
        if (on) topics.add(topic)
        else topics.delete(topic)
        this.#chosen = { question: question?.id ?? 0, topics }
        this.#redraw()
      },
      previewOpen: this.#previewOpen,
      openPreview: open => this.#openPreview(open),
      pasting: this.#pasting,
      sendCopied: () => void this.#sendCopied(),
      pickFiles: id => {
        this.#answering = id
        this.#picker.click()
      },
      keepOnTop: canKeepOnTop() && !this.#top.open ? () => this.#keepOnTop() : undefined,
      copied: this.#copied,
      copy: (what, text) => void this.#copy(what, text),
    }
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
    this._tick++
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
