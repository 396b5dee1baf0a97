/** `<remote-assist-viewer>`: the external view. A picture and the users; it has nothing to act with. */
import { AssistError, Viewer, type WatchEvents } from '@remote-assist/peer'
import { connect } from '@remote-assist/transport-websocket/browser'
import { html, LitElement, type TemplateResult } from 'lit'
import { icons } from './icons.js'
import { type ConsoleState, currentScreen, initialState, nextScreen } from './model.js'
import { abilitiesOf, comparisonOf, labelsOf, peopleOf, toldOf } from './people.js'
import { CODECS } from './picture.js'
import { languageOf, type Strings, sentenceOf, stringsFor } from './strings.js'
import { controls } from './styles/controls.js'
import { layout } from './styles/layout.js'
import { stage } from './styles/stage.js'
import { tokens } from './styles/tokens.js'
import { Surface } from './surface.js'
import type { Told } from './told.js'
import { button } from './views/parts.js'
import { sessionView } from './views/session.js'
import { usersView } from './views/users.js'
import { centre } from './views/waiting.js'
import { wordsSection } from './views/words.js'

/** How the line to the broker and the customer stand. */
type Standing = Pick<WatchEvents, 'line' | 'phase'>

/**
 * The external view of a session. Attributes: `broker` (default the page's own origin), `display-name`, `lang`. Property `invitation`: the URL or its
 * fragment, taken once and never written anywhere. Event: `ended`.
 */
export class RemoteAssistViewer extends LitElement {
  static override readonly styles = [tokens, controls, layout, stage]
  static override readonly properties = { broker: {}, displayName: { attribute: 'display-name' }, invitation: { attribute: false }, _state: { state: true } }

  declare broker: string
  declare displayName: string
  declare invitation: string
  declare _state: ConsoleState

  #viewer: Viewer | undefined
  #surface: Surface | undefined
  #standing: Standing = { line: 'up', phase: 'active' }
  #stop = new AbortController()

  constructor() {
    super()
    this.broker = ''
    this.displayName = 'Guest'
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

  override render(): TemplateResult {
    const t = stringsFor(languageOf(this))
    const state = this._state
    const screen = currentScreen(state)
    const why = state.screens.length > 1 ? undefined : t.whyOneScreen
    return html`<div class="room">
      <header class="bar" part="toolbar">
        <span class="label">${icons.eye}${t.viewerTitle}</span>
        ${
          screen === undefined
            ? ''
            : html`<span class="divider"></span><span class="figures muted">${screen.number} (${screen.width}×${screen.height})</span>
              ${button({ words: t.nextScreen(why === undefined ? nextScreen(state)?.number : undefined), icon: icons.next, part: 'next-screen', title: t.nextScreen(undefined), why, press: () => this.#next() })}`
        }
        <span class="space"></span><span class="chip">${t.viewerOnly}</span>
      </header>
      <main class="stage" part="stage">${this.#stage(state)}</main>
      <aside class="panel" part="panel" ?hidden=${state.people.length === 0}>
        <section class="section" aria-label=${t.users}><h2>${t.users}</h2>${usersView(state.people, t)}</section>
        ${state.comparison === undefined ? '' : wordsSection(state.comparison, t)}
      </aside>
    </div>`
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
    if (surface === undefined) return centre(html`<span class="mark"><span class="dot breathing"></span></span>`, t.viewerWaiting, t.viewerWaitingHow)
    surface.element.classList.toggle('dim', stage.name !== 'live')
    return sessionView(state, surface.element, surface.picture.shown !== undefined, t)
  }

  async #run(signal: AbortSignal): Promise<void> {
    try {
      const broker = this.broker === '' ? location.origin : new URL(this.broker, location.href).href
      const viewer = await Viewer.join({ transport: connect(broker), url: this.invitation, displayName: this.displayName, signal })
      this.invitation = ''
      if (signal.aborted) return viewer.leave()
      this.#viewer = viewer
      this.#watch(viewer, signal)
    } catch (error) {
      if (!signal.aborted) this.#end(error, true)
    }
  }

  #watch(viewer: Viewer, signal: AbortSignal): void {
    const surface = new Surface({ document: this.ownerDocument, changed: () => this.requestUpdate() })
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
    if (screens.current === undefined && screens.list.length > 0) this.#show(screens.next())
  }

  #next(): void {
    if (this.#viewer !== undefined) this.#show(this.#viewer.screens.next())
  }

  #show(screenId: number): void {
    const { screens } = this.#viewer ?? {}
    if (screens === undefined) return
    const { signal } = this.#stop
    screens.show(screenId, { codecs: CODECS, signal }).catch((error: unknown) => signal.aborted || this.#set({ notice: toldOf(error) }))
    this.#set({ current: screens.current?.screenId })
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

/** Who looks on came by an invitation, not by a PIN. */
function whyOver(why: Told, t: Strings): Pick<Told, 'message' | 'hint'> {
  return why.code === 'E_PIN_WRONG' ? { message: t.wrongInvitation, hint: t.wrongInvitationHow } : sentenceOf(why, t)
}
