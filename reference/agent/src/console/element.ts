/** `<remote-assist-console>`: an agent's whole console in one element. */

import { type CreateOptions, Permission, type Session } from '@remote-assist/peer'
import { button, controls, languageOf, tokens } from '@remote-assist/ui/browser'
import { html, LitElement, type TemplateResult } from 'lit'
import { droppedFiles, pickedFiles } from '../files/source.js'
import { ClipboardBridge } from './clipboard.js'
import { copyByEvent } from './clipboard-page.js'
import { listenToDrops, refuseDrops } from './files/drops.js'
import { isFullScreen, leaveFullScreen, lockKeys, toggleFullScreen } from './fullscreen.js'
import type { Sizing } from './geometry.js'
import { handsOf } from './hands.js'
import { AgentLink } from './link.js'
import { type ConsoleState, isInSession, isOver } from './model.js'
import { Panel } from './panel.js'
import { Pen } from './pen.js'
import { PopOut } from './popout.js'
import { called, loadStrings, stringsFor } from './strings.js'
import { layout } from './styles/layout.js'
import { stage } from './styles/stage.js'
import { talk } from './styles/talk.js'
import { transfers } from './styles/transfers.js'
import { Surface } from './surface.js'
import { aloudView } from './views/aloud.js'
import type { ViewControls } from './views/controls.js'
import { credentialsForm } from './views/elevation.js'
import { newsView, noticeView } from './views/news.js'
import { panelView } from './views/panel.js'
import type { Frame } from './views/parts.js'
import { coverView, poppedView, sessionView } from './views/session.js'
import { barHandle, footView, toolbarView } from './views/toolbar.js'
import { limitOf } from './views/transfers.js'
import { askingView, creatingView, overView, waitingView } from './views/waiting.js'

/** How long a button says “Copied”, ms. */
const COPIED_MS = 1_600

/**
 * An agent's console. Attributes: `broker` (base URL; default the page's own origin), `token` (for the control API), `display-name`, `lang` (`en`, `de`).
 * Properties `sessionUrl`: the console's URL of a session that was made already, or its fragment; taken once. `credential`: who this agent is, signed by its
 * organisation: what gives a compact JWS for a session and this agent's key in it. Events: `session-created` (detail `{ sessionId }`), `customer-joined`, `ended`. Connecting it to a document makes a session; removing it leaves.
 */
export class RemoteAssistConsole extends LitElement {
  static override readonly styles = [tokens, controls, layout, stage, talk, transfers]
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
  readonly #panel = new Panel(this, () => this.#link.readChat())
  #pen: Pen | undefined
  #popOut: PopOut | undefined
  #clipboard: ClipboardBridge | undefined
  #aloud = false
  /** This agent was in control when the stage was drawn last. */
  #ours = false
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
    refuseDrops(this)
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.#timer = setInterval(() => this.#link.tick(), 1_000)
    this.ownerDocument.addEventListener('keydown', this.#shortcut)
    addEventListener('beforeunload', this.#askToStay)
    // Attributes that a page sets right after it made the element count.
    queueMicrotask(() => {
      if (!this.isConnected) return
      this.#link.start()
    })
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearInterval(this.#timer)
    this.ownerDocument.removeEventListener('keydown', this.#shortcut)
    removeEventListener('beforeunload', this.#askToStay)
    this.#link.close()
    this.#hidePicture()
    void leaveFullScreen(this)
  }

  /** The pixels of the picture as the agent sees it, native size; undefined = there is none. Without the pointer, and what people draw. */
  async snapshot(): Promise<ImageData | undefined> {
    return this.#surface?.picture.snapshot()
  }

  /** Nothing is shown in a language that is not meant. */
  protected override async scheduleUpdate(): Promise<void> {
    await loadStrings(languageOf(this))
    super.scheduleUpdate()
  }

  override render(): TemplateResult {
    const state = this.#link.state
    const frame = this.#frame()
    const view = this.#view()
    return html`<div class="room">
      ${isInSession(state.stage) ? html`${toolbarView(state, this.#link, view, frame)}${view.fullScreen ? barHandle(frame.t, () => this.renderRoot.querySelector<HTMLElement>('.bar button')?.focus()) : ''}` : ''}
      <main class="stage" part="stage">${this.#stage(state, frame)} ${newsView(state, view, frame.t)} ${noticeView(state, this.#link, frame.t)}</main>
      ${
        isOver(state.stage)
          ? ''
          : html`<aside class="panel" part="panel" ?hidden=${!view.panelOpen}>${panelView(state, this.#link, view, frame)}</aside>
            ${view.fullScreen && isInSession(state.stage) ? '' : footView(state, this.#link, view, frame)}`
      }
      ${this.#aloud && state.code !== undefined && state.stage.name === 'waiting' ? aloudView(state.code, view, frame) : ''}
      <input type="file" multiple hidden @change=${this.#picked} /><input type="file" webkitdirectory hidden @change=${this.#picked} />
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
    const ours = state.control === 'ours'
    surface.inControl = ours && stage.name === 'live'
    // Once, and not after a pause: whoever types a message by then goes on typing it.
    if (ours && !this.#ours) surface.focus()
    this.#ours = ours
    surface.element.classList.toggle('dim', stage.name !== 'live')
    surface.element.classList.toggle('drawing', (this.#pen?.tool ?? 'hand') !== 'hand')
    const { t } = frame
    const painted = surface.picture.shown !== undefined
    const asked = state.elevating === 'credentials' ? credentialsForm(this.#link, t) : undefined
    // Who typed into the form goes on at the desktop that it was for.
    const { activeElement } = surface.element.getRootNode() as Document | ShadowRoot
    if (asked === undefined && activeElement?.closest('[part=credentials]')) surface.focus()
    const over = { asked, dropping: this.#dropping ? limitOf(state, t) : undefined }
    if (this.#popOut === undefined) return sessionView(state, surface.element, painted, t, over)
    this.#popOut.draw(coverView(state, painted, t, over))
    return poppedView(state, painted, t, over, button({ words: t.popIn, look: 'primary tall', press: () => this.#popOut?.close() }))
  }

  #frame(): Frame {
    const language = languageOf(this)
    return { t: stringsFor(language), language, now: Date.now(), copied: this.#copied, copy: (what, text) => void this.#copy(what, text) }
  }

  #view(): ViewControls {
    return {
      sizing: this.#sizing,
      fullScreen: isFullScreen(this),
      canFullScreen: this.ownerDocument.fullscreenEnabled,
      panelOpen: this.#panel.open,
      poppedOut: this.#popOut !== undefined,
      tool: this.#pen?.tool ?? 'hand',
      colour: this.#pen?.colour ?? 'red',
      aloud: this.#aloud,
      setSizing: sizing => this.#resize(sizing),
      toggleFullScreen: () => void toggleFullScreen(this, this.#surface !== undefined).then(() => this.#surface?.focus()),
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
        if (!open) this.renderRoot.querySelector<HTMLElement>('[part~=read-aloud]')?.focus()
      },
      pickFiles: what => this.renderRoot.querySelector<HTMLInputElement>(what === 'folder' ? 'input[webkitdirectory]' : 'input[type=file]')?.click(),
      togglePanel: () => this.#panel.toggle(),
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
      changed: () => {
        if (isOver(this.#link.state.stage) && isFullScreen(this)) void leaveFullScreen(this)
        this.#redraw()
      },
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
    const nameOf = (participant: number) => {
      const person = this.#link.state.people.find(({ id }) => id === participant)
      return person === undefined ? '' : called(person, stringsFor(languageOf(this)))
    }
    const surface = new Surface({
      document: this.ownerDocument,
      changed: this.#redraw,
      unable: codec => this.#link.giveUp(codec),
      zoomed: sizing => this.#resize(sizing),
      nameOf,
    })
    const { picture, wayOut } = stringsFor(languageOf(this))
    surface.label = picture
    surface.keyboardLabel = `${picture}; ${wayOut}`
    surface.sizing = this.#sizing
    this.#pen = new Pen(session, surface.marks)
    surface.pen = this.#pen
    surface.hands = handsOf(session, {
      live: () => this.#link.state.stage.name === 'live',
      pressed: () => this.#link.state.control === 'nobody' && this.#link.takeControl(),
      leave: () => {
        window.focus()
        this.renderRoot.querySelector<HTMLElement>('[part~=control]')?.focus()
      },
    })
    listenToDrops(surface.element, {
      takes: () => this.#link.state.stage.name === 'live' && this.#link.state.can.includes('files-to'),
      hovering: on => {
        if (this.#dropping === on) return
        this.#dropping = on
        this.#redraw()
      },
      dropped: data => this.#send(droppedFiles(data)),
    })
    session.on('cursor', word => surface.cursor(word))
    session.on('grant', grants => grants.includes(Permission.ANNOTATE) || this.#pen?.putAway())
    session.on('annotation', annotation => surface.marks.hear(annotation))
    this.#surface = surface
    this.#clipboard = new ClipboardBridge(session)
    void surface.picture.play(session.screens, this.#playing.signal)
    if (isFullScreen(this)) void lockKeys()
    this.#tell('customer-joined')
  }

  #hidePicture(): void {
    this.#playing.abort()
    this.#playing = new AbortController()
    this.#popOut?.close()
    this.#clipboard?.close()
    this.#surface?.close()
    this.#surface = undefined
    this.#pen = undefined
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
      language: languageOf(this),
      styles: [tokens, controls, stage],
      moved: view => {
        surface.moved()
        this.#clipboard?.pictureIn(view)
      },
      closed: () => {
        this.#popOut = undefined
        this.#redraw()
      },
    })
    if (this.#popOut === undefined) this.#link.tell({ code: 'E_POPUP', message: whyNoPopOut, hint: undefined })
    this.#redraw()
  }

  /** Nobody comes back into a session whose page is gone: the browser asks first, be it a key that was meant for the customer's desktop. */
  readonly #askToStay = (event: Event): void => {
    if (isInSession(this.#link.state.stage)) event.preventDefault()
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

  readonly #picked = (event: Event): void => {
    const input = event.target as HTMLInputElement
    const picked = pickedFiles(input.files ?? [])
    input.value = ''
    this.#send(Promise.resolve(picked))
  }

  /** Whoever sends something sees how it goes. */
  #send(picked: ReturnType<typeof droppedFiles>): void {
    this.#panel.show()
    void this.#link.files.send(picked)
  }

  async #copy(what: string, text: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text)
    } catch {
      // There is none, or this page may not: a frame of another site, for one.
      const message = stringsFor(languageOf(this)).notCopied(text)
      if (!copyByEvent(window, new Map([['text/plain', text]]))) return this.#link.tell({ code: 'E_COPY', message, hint: undefined })
    }
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
