/** `<remote-assist-console>`: an agent's whole console in one element. */
import type { CreateOptions, Session } from '@remote-assist/peer'
import { html, LitElement, type TemplateResult } from 'lit'
import { handsOf } from './hands.js'
import { icons } from './icons.js'
import { AgentLink } from './link.js'
import { type ConsoleState, isInSession, isOver } from './model.js'
import { languageOf, sentenceOf, stringsFor } from './strings.js'
import { controls } from './styles/controls.js'
import { layout } from './styles/layout.js'
import { stage } from './styles/stage.js'
import { tokens } from './styles/tokens.js'
import { Surface } from './surface.js'
import { credentialsForm } from './views/elevation.js'
import { panelView } from './views/panel.js'
import { button, type Frame } from './views/parts.js'
import { sessionView } from './views/session.js'
import { footView, toolbarView, type ViewControls } from './views/toolbar.js'
import { askingView, creatingView, overView, waitingView } from './views/waiting.js'

/** How long a button says “Copied”, ms. */
const COPIED_MS = 1_600

/** A panel beside the picture takes room that a narrow page does not have: there it opens on demand. */
const NARROW = 720

/**
 * An agent's console. Attributes: `broker` (base URL; default the page's own origin), `token` (for the control API), `display-name`, `lang` (`en`, `de`).
 * Properties `sessionUrl`: the console's URL of a session that was made already, or its fragment; taken once. `credential`: who this agent is, signed by its
 * organisation: a compact JWS, or what makes one for the session's id. Events: `session-created` (detail `{ sessionId }`), `customer-joined`, `ended`. Connecting it to a document makes a session; removing it leaves.
 */
export class RemoteAssistConsole extends LitElement {
  static override readonly styles = [tokens, controls, layout, stage]
  static override readonly properties = {
    broker: {},
    token: {},
    displayName: { attribute: 'display-name' },
    sessionUrl: { attribute: false },
    credential: { attribute: false },
    _tick: { state: true },
  }

  declare broker: string
  declare token: string | undefined
  declare displayName: string
  declare sessionUrl: string | undefined
  declare credential: CreateOptions['credential']
  declare _tick: number

  readonly #link: AgentLink
  #surface: Surface | undefined
  #playing = new AbortController()
  #timer: ReturnType<typeof setInterval> | undefined
  #copied: string | undefined
  #actualSize = false
  #panelOpen: boolean | undefined

  constructor() {
    super()
    this.broker = ''
    this.token = undefined
    this.displayName = 'Agent'
    this.sessionUrl = undefined
    this.credential = undefined
    this._tick = 0
    this.#link = this.#newLink()
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.#timer = setInterval(() => this.#redraw(), 1_000)
    this.ownerDocument.addEventListener('fullscreenchange', this.#redraw)
    // Attributes that a page sets right after it made the element count.
    queueMicrotask(() => {
      if (!this.isConnected) return
      this.#link.start()
    })
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearInterval(this.#timer)
    this.ownerDocument.removeEventListener('fullscreenchange', this.#redraw)
    this.#link.close()
    this.#hidePicture()
  }

  override render(): TemplateResult {
    const state = this.#link.state
    const frame = this.#frame()
    const view = this.#view()
    return html`<div class="room">
      ${isInSession(state.stage) ? toolbarView(state, this.#link, view, frame) : ''}
      <main class="stage" part="stage">${this.#stage(state, frame)} ${this.#notice(state, frame)}</main>
      ${
        isOver(state.stage)
          ? ''
          : html`<aside class="panel" part="panel" ?hidden=${!view.panelOpen}>${panelView(state, this.#link, frame, languageOf(this))}</aside>
            ${footView(state, this.#link, view, frame)}`
      }
    </div>`
  }

  #stage(state: ConsoleState, frame: Frame): TemplateResult {
    const { stage } = state
    if (stage.name === 'creating') return creatingView(frame)
    if (stage.name === 'waiting') return waitingView(state, this.#link, frame)
    if (stage.name === 'asking') return askingView(stage.words, frame)
    if (stage.name === 'ended' || stage.name === 'error') return overView(stage.why, stage.name === 'error', this.#link, frame)
    const surface = this.#surface
    if (surface === undefined) return creatingView(frame)
    surface.inControl = state.control === 'ours' && stage.name === 'live'
    surface.element.classList.toggle('dim', stage.name !== 'live')
    const asked = state.elevating === 'credentials' ? credentialsForm(this.#link, frame.t) : undefined
    return sessionView(state, surface.element, surface.picture.shown !== undefined, frame.t, asked)
  }

  #notice({ notice }: ConsoleState, { t }: Frame): TemplateResult {
    if (notice === undefined) return html``
    const { message, hint } = sentenceOf(notice, t)
    const words = [message, hint].filter(text => text !== undefined).join(' ')
    const dismiss = button({ icon: icons.close, look: 'square tight', title: t.dismiss, press: () => this.#link.dismissNotice() })
    return html`<div class="notice" part="notice" role="alert"><span>${words}</span>${dismiss}</div>`
  }

  #frame(): Frame {
    return { t: stringsFor(languageOf(this)), now: Date.now(), copied: this.#copied, copy: (what, text) => void this.#copy(what, text) }
  }

  #view(): ViewControls {
    return {
      actualSize: this.#actualSize,
      fullScreen: this.ownerDocument.fullscreenElement === this,
      canFullScreen: this.ownerDocument.fullscreenEnabled,
      panelOpen: this.#panelOpen ?? (this.clientWidth === 0 || this.clientWidth >= NARROW),
      toggleSize: () => {
        this.#actualSize = !this.#actualSize
        if (this.#surface !== undefined) this.#surface.sizing = this.#actualSize ? 'actual' : 'fit'
        this.#redraw()
      },
      toggleFullScreen: () => void this.#toggleFullScreen(),
      togglePanel: () => {
        this.#panelOpen = !this.#view().panelOpen
        this.#redraw()
      },
    }
  }

  #newLink(): AgentLink {
    const element = this
    return new AgentLink({
      get broker() {
        return element.broker === '' ? location.origin : new URL(element.broker, location.href).href
      },
      get token() {
        return element.token
      },
      get displayName() {
        return element.displayName
      },
      get credential() {
        return element.credential
      },
      takeSessionUrl: () => {
        const url = this.sessionUrl
        this.sessionUrl = undefined
        return url
      },
      changed: () => this.#redraw(),
      created: sessionId => this.#tell('session-created', { sessionId }),
      joined: session => this.#showPicture(session),
      ended: () => {
        this.#hidePicture()
        this.#tell('ended')
      },
    })
  }

  #showPicture(session: Session): void {
    this.#hidePicture()
    const surface = new Surface(this.ownerDocument, this.#redraw)
    surface.label = stringsFor(languageOf(this)).picture
    surface.sizing = this.#actualSize ? 'actual' : 'fit'
    surface.hands = handsOf(session, () => this.#link.state.control === 'nobody' && this.#link.takeControl())
    session.on('cursor', word => surface.cursor(word))
    this.#surface = surface
    void surface.picture.play(session.screens, this.#playing.signal)
    this.#tell('customer-joined')
  }

  #hidePicture(): void {
    this.#playing.abort()
    this.#playing = new AbortController()
    this.#surface?.close()
    this.#surface = undefined
    if (this.ownerDocument.fullscreenElement === this) void this.ownerDocument.exitFullscreen()
  }

  async #copy(what: string, text: string): Promise<void> {
    await navigator.clipboard.writeText(text)
    this.#copied = what
    this.#redraw()
    setTimeout(() => {
      if (this.#copied === what) this.#copied = undefined
      this.#redraw()
    }, COPIED_MS)
  }

  async #toggleFullScreen(): Promise<void> {
    if (this.ownerDocument.fullscreenElement === this) return this.ownerDocument.exitFullscreen()
    await this.requestFullscreen()
    this.#surface?.focus()
  }

  #tell(name: string, detail: object = {}): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }))
  }

  readonly #redraw = (): void => {
    this._tick++
  }
}
