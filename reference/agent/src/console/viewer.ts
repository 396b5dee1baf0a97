/** `<remote-assist-viewer>`: the external view. A picture, the users and the talk; it has nothing to act with on the customer's computer. */
import { AssistError, type AssistErrorCode, type VideoCodec, Viewer, type WatchEvents } from '@remote-assist/peer'
import { connect } from '@remote-assist/transport-websocket/browser'
import { button, controls, icons, languageOf, tokens } from '@remote-assist/ui/browser'
import { html, LitElement, type TemplateResult } from 'lit'
import { Codecs } from './codecs.js'
import { type ConsoleState, currentScreen, heard, initialState, nextScreen } from './model.js'
import { Panel } from './panel.js'
import { abilitiesOf, comparisonOf, labelsOf, peopleOf } from './people.js'
import { loadStrings, type Strings, sentenceOf, stringsFor } from './strings.js'
import { layout } from './styles/layout.js'
import { stage } from './styles/stage.js'
import { talk } from './styles/talk.js'
import { Surface } from './surface.js'
import { type Told, toldOf } from './told.js'
import { chatSection } from './views/chat.js'
import { noticeView } from './views/news.js'
import { screenLabel } from './views/screens.js'
import { sessionView } from './views/session.js'
import { panelButton } from './views/toolbar.js'
import { usersView } from './views/users.js'
import { centre } from './views/waiting.js'
import { wordsSection } from './views/words.js'

/** How the line to the broker and the customer stand. */
type Standing = Pick<WatchEvents, 'line' | 'phase'>

/**
 * The external view of a session. Attributes: `broker` (default the page's own origin), `display-name` (default the word for a guest), `lang`. Property `invitation`: the URL or its
 * fragment, taken once and never written anywhere. Event: `ended`.
 */
export class RemoteAssistViewer extends LitElement {
  static override readonly styles = [tokens, controls, layout, stage, talk]
  static override readonly properties = { broker: {}, displayName: { attribute: 'display-name' }, invitation: { attribute: false }, _state: { state: true } }

  declare broker: string
  declare displayName: string
  declare invitation: string
  declare _state: ConsoleState

  readonly #codecs = new Codecs()
  readonly #panel = new Panel(this, () => this._state.unread > 0 && this.#set({ unread: 0 }))
  #viewer: Viewer | undefined
  #surface: Surface | undefined
  #standing: Standing = { line: 'up', phase: 'active' }
  #stop = new AbortController()

  constructor() {
    super()
    this.broker = ''
    this.displayName = ''
    this.invitation = ''
    this._state = initialState
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.#stop = new AbortController()
    queueMicrotask(() => this.isConnected && void this.#run(this.#stop.signal))
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#close()
  }

  /** The pixels of the picture, native size; undefined = there is none. Without the pointer. */
  async snapshot(): Promise<ImageData | undefined> {
    return this.#surface?.picture.snapshot()
  }

  /** Nothing is shown in a language that is not meant. */
  protected override async scheduleUpdate(): Promise<void> {
    await loadStrings(languageOf(this))
    super.scheduleUpdate()
  }

  override render(): TemplateResult {
    const t = stringsFor(languageOf(this))
    const state = this._state
    const screen = currentScreen(state)
    const why = state.screens.length > 1 ? undefined : t.whyOneScreen
    return html`<div class="room">
      <header class="bar" part="toolbar">
        <h1 class="label">${icons.eye}${t.viewerTitle}</h1>
        ${
          screen === undefined || !state.can.includes('view')
            ? ''
            : html`<span class="divider"></span><span class="figures muted">${screenLabel(screen)}</span>
              ${button({ words: t.nextScreen(why === undefined ? nextScreen(state)?.number : undefined), icon: icons.next, part: 'next-screen', title: t.nextScreen(undefined), why, press: () => this.#next() })}`
        }
        <span class="space"></span><span class="chip not-narrow">${t.viewerOnly}</span>
        ${state.people.length === 0 ? '' : panelButton(state, { panelOpen: this.#panel.open, togglePanel: () => this.#panel.toggle() }, t, 'square')}
      </header>
      <main class="stage" part="stage">${this.#stage(state)} ${noticeView(state, { dismissNotice: () => this.#set({ notice: undefined }) }, t)}</main>
      ${state.people.length === 0 ? '' : this.#details(state, t)}
    </div>`
  }

  #details(state: ConsoleState, t: Strings): TemplateResult {
    return html`<aside class="panel" part="panel" ?hidden=${!this.#panel.open}>
      <div class="sections">
        <section class="section" aria-label=${t.users}><h2>${t.users}</h2>${usersView(state.people, t)}</section>
        ${state.comparison === undefined ? '' : wordsSection(state.comparison, t)}
      </div>
      ${state.can.includes('chat') ? chatSection(state, { say: text => void this.#try(() => this.#viewer?.chat.say(text)) }, t) : ''}
    </aside>`
  }

  /** What does not work is said. */
  async #try(work: () => unknown): Promise<void> {
    const { signal } = this.#stop
    try {
      await work()
    } catch (error) {
      if (!signal.aborted) this.#set({ notice: toldOf(error) })
    }
  }

  #stage(state: ConsoleState): TemplateResult {
    const t = stringsFor(languageOf(this))
    const { stage } = state
    if (stage.name === 'ended' || stage.name === 'error') {
      const failed = stage.name === 'error'
      const { message, hint } = whyOver(stage.why, t)
      const mark = html`<span class="mark ${failed ? 'bad' : ''}">${failed ? icons.close : icons.leave}</span>`
      return centre(mark, failed ? t.errorTitle : t.viewerEnded, message, html`<p class="muted">${hint ?? ''}</p>`)
    }
    const surface = this.#surface
    if (surface === undefined) return centre(html`<span class="mark"><span class="dot awaited"></span></span>`, t.viewerWaiting, t.viewerWaitingHow)
    surface.element.classList.toggle('dim', stage.name !== 'live')
    return sessionView(state, surface.element, surface.picture.shown !== undefined, t)
  }

  async #run(signal: AbortSignal): Promise<void> {
    try {
      const broker = this.broker === '' ? location.origin : new URL(this.broker, location.href).href
      await loadStrings(languageOf(this))
      const displayName = this.displayName || stringsFor(languageOf(this)).guest
      const viewer = await Viewer.join({ transport: connect(broker), url: this.invitation, displayName, signal })
      this.invitation = ''
      if (signal.aborted) return viewer.leave()
      this.#viewer = viewer
      this.#watch(viewer, signal)
    } catch (error) {
      if (!signal.aborted) this.#end(error, true)
    }
  }

  #watch(viewer: Viewer, signal: AbortSignal): void {
    const surface = new Surface({ document: this.ownerDocument, changed: () => this.requestUpdate(), unable: codec => this.#giveUp(codec) })
    surface.label = stringsFor(languageOf(this)).picture
    this.#surface = surface
    const live =
      <E>(listener: (event: E) => void) =>
      (event: E) =>
        signal.aborted || listener(event)
    viewer.on(
      'participants',
      live(people => this.#set({ people: peopleOf(people, viewer.self) })),
    )
    viewer.on(
      'grant',
      live(grants => this.#set({ can: abilitiesOf(grants) })),
    )
    viewer.on(
      'screen-list',
      live(() => this.#screens(viewer)),
    )
    viewer.on(
      'cursor',
      live(word => surface.cursor(word)),
    )
    viewer.on(
      'chat',
      live(({ from, text }) => this.#set(heard(this._state, from, text))),
    )
    viewer.on(
      'secure-desktop',
      live(({ active, reason }) => this.#set({ covered: active ? reason : undefined })),
    )
    viewer.on(
      'phase',
      live(phase => this.#restage({ phase })),
    )
    viewer.on(
      'line',
      live(line => this.#restage({ line })),
    )
    viewer.on(
      'words',
      live(() => this.#restage({})),
    )
    viewer.on(
      'ended',
      live(error => this.#end(error, false)),
    )
    this.#set({
      people: peopleOf(viewer.participants, viewer.self),
      can: abilitiesOf(viewer.participants.find(one => one.participant === viewer.self)?.grants ?? []),
    })
    this.#restage({})
    this.#screens(viewer)
    void surface.picture.play(viewer.screens, signal)
  }

  #restage(change: Partial<Standing>): void {
    this.#standing = { ...this.#standing, ...change }
    const { line, phase } = this.#standing
    this.#set({ comparison: this.#viewer && comparisonOf(this.#viewer, this._state.comparison) })
    if (line !== 'up') this.#set({ stage: { name: 'reconnecting', own: true } })
    else if (phase === 'active' || phase === 'paused') this.#set({ stage: { name: phase === 'active' ? 'live' : 'paused' } })
    else this.#set({ stage: { name: 'reconnecting', own: false } })
  }

  #screens({ screens }: Viewer): void {
    this.#set({ screens: labelsOf(screens.list), current: screens.current?.screenId })
    if (screens.current === undefined && screens.list.length > 0 && this._state.can.includes('view')) this.#show(screens.next())
  }

  #next(): void {
    void this.#try(() => this.#viewer && this.#show(this.#viewer.screens.next()))
  }

  #show(screenId: number): void {
    const { screens } = this.#viewer ?? {}
    if (screens === undefined) return
    const begun = () => this.#set({ current: screens.current?.screenId })
    void this.#try(() => this.#codecs.show(screens, screenId, begun, { signal: this.#stop.signal }))
  }

  #giveUp(codec: VideoCodec): void {
    this.#codecs.giveUp(codec)
    const { current } = this.#viewer?.screens ?? {}
    if (current !== undefined) this.#show(current.screenId)
  }

  #end(error: unknown, failed: boolean): void {
    this.#close()
    this._state = {
      ...initialState,
      stage: { name: failed && !(error instanceof AssistError && error.code === 'E_ENDED') ? 'error' : 'ended', why: toldOf(error) },
    }
    this.dispatchEvent(new CustomEvent('ended', { bubbles: true, composed: true }))
  }

  #close(): void {
    this.#stop.abort()
    this.#viewer?.leave()
    this.#viewer = undefined
    this.#surface?.close()
    this.#surface = undefined
  }

  #set(change: Partial<ConsoleState>): void {
    this._state = { ...this._state, ...change }
  }
}

/** What is said of a code is meant for a PIN; who looks on came by an invitation, which lets one in, once. */
const OF_CODES: readonly string[] = ['E_PIN_WRONG', 'E_CODE_UNKNOWN', 'E_CODE_EXPIRED', 'E_CODE_USED'] satisfies AssistErrorCode[]

function whyOver(why: Told, t: Strings): Pick<Told, 'message' | 'hint'> {
  return OF_CODES.includes(why.code) ? { message: t.wrongInvitation, hint: t.wrongInvitationHow } : sentenceOf(why, t)
}
