/** `<remote-assist-console>`: an agent's whole console in one element. */
import type { CreateOptions, Session } from '@remote-assist/peer'
import { html, LitElement, type TemplateResult } from 'lit'
import { droppedFiles, pickedFiles } from '../files/source.js'
import { leaveFullScreen, toggleFullScreen } from './fullscreen.js'
import type { Sizing } from './geometry.js'
import { handsOf } from './hands.js'
import { icons } from './icons.js'
import { AgentLink } from './link.js'
import { type ConsoleState, isInSession, isOver } from './model.js'
import { Pen } from './pen.js'
import { PopOut } from './popout.js'
import { languageOf, sentenceOf, stringsFor } from './strings.js'
import { controls } from './styles/controls.js'
import { layout } from './styles/layout.js'
import { stage } from './styles/stage.js'
import { tokens } from './styles/tokens.js'
import { transfers } from './styles/transfers.js'
import { Surface } from './surface.js'
import { aloudView } from './views/aloud.js'
import type { ViewControls } from './views/controls.js'
import { credentialsForm } from './views/elevation.js'
import { panelView } from './views/panel.js'
import { button, type Frame } from './views/parts.js'
import { poppedView, sessionView } from './views/session.js'
import { footView, toolbarView } from './views/toolbar.js'
import { limitOf } from './views/transfers.js'
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
  static override readonly styles = [tokens, controls, layout, stage, transfers]
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
  #sizing: Sizing = 'fit'
  #panelOpen: boolean | undefined
  #pen: Pen | undefined
  #popOut: PopOut | undefined
  #aloud = false
  #dropping = false

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
    this.#timer = setInterval(() => this.#link.tick(), 1_000)
    this.ownerDocument.addEventListener('fullscreenchange', this.#redraw)
    this.ownerDocument.addEventListener('keydown', this.#shortcut)
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
    this.ownerDocument.removeEventListener('keydown', this.#shortcut)
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
          : html`<aside class="panel" part="panel" ?hidden=${!view.panelOpen}>${panelView(state, this.#link, view, frame)}</aside>
            ${footView(state, this.#link, view, frame)}`
      }
      ${this.#aloud && state.code !== undefined && state.stage.name === 'waiting' ? aloudView(state.code, view, frame) : ''}
      <input type="file" multiple hidden @change=${this.#picked} /><input type="file" webkitdirectory hidden @change=${this.#picked} />
    </div>`
  }

  override updated(): void {
    // What is in view is read.
    if (this.#view().panelOpen && !this.ownerDocument.hidden && isInSession(this.#link.state.stage)) this.#link.readChat()
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
    surface.element.classList.toggle('drawing', (this.#pen?.tool ?? 'hand') !== 'hand')
    if (this.#popOut !== undefined) {
      return poppedView(frame.t, button({ words: frame.t.popIn, look: 'primary tall', press: () => this.#popOut?.close() }))
    }
    const asked = state.elevating === 'credentials' ? credentialsForm(this.#link, frame.t) : undefined
    const dropping = this.#dropping ? limitOf(state, frame.t) : undefined
    return sessionView(state, surface.element, surface.picture.shown !== undefined, frame.t, { asked, dropping })
  }

  #notice({ notice }: ConsoleState, { t }: Frame): TemplateResult {
    if (notice === undefined) return html``
    const { message, hint } = sentenceOf(notice, t)
    const words = [message, hint].filter(text => text !== undefined).join(' ')
    const dismiss = button({ icon: icons.close, look: 'square tight', title: t.dismiss, press: () => this.#link.dismissNotice() })
    return html`<div class="notice" part="notice" role="alert"><span>${words}</span>${dismiss}</div>`
  }

  #frame(): Frame {
    const language = languageOf(this)
    return { t: stringsFor(language), language, now: Date.now(), copied: this.#copied, copy: (what, text) => void this.#copy(what, text) }
  }

  #view(): ViewControls {
    return {
      sizing: this.#sizing,
      fullScreen: this.ownerDocument.fullscreenElement === this,
      canFullScreen: this.ownerDocument.fullscreenEnabled,
      panelOpen: this.#panelOpen ?? (this.clientWidth === 0 || this.clientWidth >= NARROW),
      poppedOut: this.#popOut !== undefined,
      tool: this.#pen?.tool ?? 'hand',
      colour: this.#pen?.colour ?? 'red',
      aloud: this.#aloud,
      setSizing: sizing => this.#resize(sizing),
      toggleFullScreen: () => void toggleFullScreen(this).then(() => this.#surface?.focus()),
      togglePopOut: () => this.#togglePopOut(),
      pickTool: (tool, colour) => {
        if (this.#pen === undefined) return
        this.#pen.tool = tool
        this.#pen.colour = colour ?? this.#pen.colour
        this.#redraw()
      },
      clearMarks: () => this.#pen?.clear(),
      readAloud: open => {
        this.#aloud = open
        this.#redraw()
      },
      pickFiles: what => this.renderRoot.querySelector<HTMLInputElement>(what === 'folder' ? 'input[webkitdirectory]' : 'input[type=file]')?.click(),
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
      get controlWanted() {
        return stringsFor(languageOf(element)).controlWanted
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
    const nameOf = (participant: number) => this.#link.state.people.find(({ id }) => id === participant)?.name ?? ''
    const surface = new Surface({ document: this.ownerDocument, changed: this.#redraw, zoomed: sizing => this.#resize(sizing), nameOf })
    surface.label = stringsFor(languageOf(this)).picture
    surface.sizing = this.#sizing
    this.#pen = new Pen(session, surface.marks)
    surface.pen = this.#pen
    surface.hands = handsOf(session, () => this.#link.state.control === 'nobody' && this.#link.takeControl())
    surface.element.addEventListener('dragover', this.#dragOver)
    surface.element.addEventListener('dragleave', this.#dragLeave)
    surface.element.addEventListener('drop', this.#drop)
    session.on('cursor', word => surface.cursor(word))
    session.on('annotation', annotation => surface.marks.hear(annotation))
    this.#surface = surface
    void surface.picture.play(session.screens, this.#playing.signal)
    this.#tell('customer-joined')
  }

  #hidePicture(): void {
    this.#playing.abort()
    this.#playing = new AbortController()
    this.#popOut?.close()
    this.#surface?.close()
    this.#surface = undefined
    this.#pen = undefined
    void leaveFullScreen(this)
  }

  #resize(sizing: Sizing): void {
    this.#sizing = sizing
    if (this.#surface !== undefined) this.#surface.sizing = sizing
    this.#redraw()
  }

  #togglePopOut(): void {
    const surface = this.#surface
    const { picture, whyNoPopOut } = stringsFor(languageOf(this))
    if (this.#popOut !== undefined || surface === undefined) return this.#popOut?.close()
    this.#popOut = PopOut.open({
      element: surface.element,
      title: picture,
      styles: [tokens, controls, stage],
      moved: () => surface.moved(),
      closed: () => {
        this.#popOut = undefined
        this.#redraw()
      },
    })
    if (this.#popOut === undefined) this.#link.tell({ code: 'E_POPUP', message: whyNoPopOut, hint: undefined })
    this.#redraw()
  }

  /** N is Next Screen, wherever the keyboard is but in a field: there, and in the picture, it is a letter. */
  readonly #shortcut = (event: KeyboardEvent): void => {
    const at = event.composedPath()[0]
    const ours = at === this.ownerDocument.body || event.composedPath().includes(this)
    const typing = at instanceof HTMLElement && (at.matches('input, textarea, select') || at.isContentEditable)
    const held = event.ctrlKey || event.altKey || event.metaKey || event.repeat
    if (!ours || typing || held || event.defaultPrevented || event.key.toLowerCase() !== 'n') return
    if (this.#link.state.stage.name === 'live' && this.#link.state.screens.length > 1) this.#link.nextScreen()
  }

  get #takesFiles(): boolean {
    const { stage, can } = this.#link.state
    return stage.name === 'live' && can.includes('files-to')
  }

  readonly #dragOver = (event: DragEvent): void => {
    if (!this.#takesFiles || event.dataTransfer?.types.includes('Files') !== true) return
    event.preventDefault()
    event.dataTransfer.dropEffect = 'copy'
    if (this.#dropping) return
    this.#dropping = true
    this.#redraw()
  }

  readonly #dragLeave = (event: DragEvent): void => {
    const within = event.currentTarget instanceof Node && event.relatedTarget instanceof Node && event.currentTarget.contains(event.relatedTarget)
    if (within) return
    this.#dropping = false
    this.#redraw()
  }

  readonly #drop = (event: DragEvent): void => {
    this.#dropping = false
    this.#redraw()
    if (!this.#takesFiles || event.dataTransfer === null) return
    event.preventDefault()
    this.#send(droppedFiles(event.dataTransfer))
  }

  readonly #picked = (event: Event): void => {
    const input = event.target as HTMLInputElement
    const picked = pickedFiles(input.files ?? [])
    input.value = ''
    this.#send(Promise.resolve(picked))
  }

  /** Whoever sends something sees how it goes. */
  #send(picked: ReturnType<typeof droppedFiles>): void {
    this.#panelOpen = true
    void this.#link.files.send(picked)
    this.#redraw()
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

  #tell(name: string, detail: object = {}): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }))
  }

  readonly #redraw = (): void => {
    this._tick++
  }
}
