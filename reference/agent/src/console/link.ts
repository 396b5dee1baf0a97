/** The console's life: a session is made, the customer comes, decides, is assisted, goes. Turns what the peer library says into what is shown. */
import { Agent, AssistError, type CreateOptions, type Credentials, type Invitation, type Session } from '@remote-assist/peer'
import { connect } from '@remote-assist/transport-websocket/browser'
import { ClipboardBridge } from './clipboard.js'
import { codeAfter, codeOf, renewedCodeOf } from './code.js'
import { ElevationDialog } from './elevation.js'
import { type Actions, type Code, type Combo, type ConsoleState, type ElevationWay, initialState, isOver, type Person, type Stage } from './model.js'
import { abilitiesOf, comparisonOf, labelsOf, peopleOf, toldOf } from './people.js'
import { CODECS } from './picture.js'

/** What a link is made of. */
export interface LinkOptions {
  /** The broker's base URL. */
  readonly broker: string
  readonly token: string | undefined
  readonly displayName: string
  /** Who this agent is, signed by its organisation for the session that it gets. */
  readonly credential: CreateOptions['credential']
  /** The URL of a session that was made for this console; taken once. Without it a session is made. */
  takeSessionUrl(): string | undefined
  /** The state is another. */
  changed(): void
  /** The session was made. */
  created(sessionId: string): void
  /** The customer consented. Called once for each session, with what shows and drives it. */
  joined(session: Session): void
  /** It is over. */
  ended(): void
}

/** Lines of chat that are kept. */
const MAX_LINES = 500

export class AgentLink implements Actions {
  #state: ConsoleState = initialState
  #agent: Agent | undefined
  #session: Session | undefined
  #clipboard: ClipboardBridge | undefined
  #elevation: ElevationDialog | undefined
  #lineUp = true
  #stop = new AbortController()
  readonly #options: LinkOptions

  constructor(options: LinkOptions) {
    this.#options = options
  }

  get state(): ConsoleState {
    return this.#state
  }

  /** The session with the customer, while there is one. */
  get session(): Session | undefined {
    return this.#session
  }

  /** Makes a session. What comes of it is told through the state. */
  start(): void {
    this.close()
    this.#stop = new AbortController()
    this.#lineUp = true
    this.#state = initialState
    this.#set({})
    void this.#run(this.#stop.signal)
  }

  /** Leaves without a word. */
  close(): void {
    this.#stop.abort()
    this.#clipboard?.close()
    this.#agent?.leave()
    this.#agent = undefined
    this.#session = undefined
    this.#elevation = undefined
  }

  restart(): void {
    this.start()
  }

  newCode(): void {
    const agent = this.#agent
    if (agent === undefined) return this.start()
    this.#try(renewedCodeOf(agent).then(code => this.#showCode(code)))
  }

  confirmWords(): void {
    if (this.#session === undefined) return
    this.#session.confirmWords()
    const { comparison } = this.#state
    if (comparison !== undefined) this.#set({ comparison: { ...comparison, byUs: true } })
  }

  nextScreen(): void {
    const { screens } = this.#session ?? {}
    if (screens !== undefined) this.#show(screens.next())
  }

  takeControl(): void {
    const { control } = this.#session ?? {}
    if (control !== undefined) this.#try(control.request())
  }

  releaseControl(): void {
    this.#session?.control.release()
  }

  sendKeys(combo: Combo): void {
    const { input } = this.#session ?? {}
    if (input === undefined) return
    this.#try(
      input.sendKeys(combo).then(answer => {
        if (!answer.ok) throw new AssistError('E_DENIED', `The keys were not sent: ${answer.reason.replaceAll('-', ' ')}.`)
      }),
    )
  }

  elevate(way: ElevationWay, reason: string): void {
    if (this.#elevation !== undefined) this.#try(this.#elevation.ask(way, reason))
  }

  giveCredentials(credentials: Credentials | undefined): void {
    this.#elevation?.give(credentials)
  }

  dropElevation(): void {
    this.#elevation?.drop()
  }

  syncClipboard(on: boolean): void {
    const { clipboard } = this.#session ?? {}
    const { can } = this.#state
    if (clipboard === undefined) return
    clipboard.sync({ ...(can.includes('clipboard-to') && { toCustomer: on }), ...(can.includes('clipboard-from') && { fromCustomer: on }) })
  }

  inviteViewer(): void {
    const session = this.#session
    if (session !== undefined) this.#invite(session.invite({ role: 'viewer' }))
  }

  say(text: string): void {
    const { chat } = this.#session ?? {}
    if (chat !== undefined) this.#try((async () => chat.say(text))())
  }

  leave(): void {
    if (isOver(this.#state.stage)) return
    const name = this.#session === undefined ? 'close' : 'leave'
    if (this.#agent === undefined) this.#end(new AssistError('E_LEFT', 'You left.'), false)
    else void this.#agent[name]()
  }

  dismissNotice(): void {
    this.#set({ notice: undefined })
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { broker, token, displayName, credential } = this.#options
    const url = this.#options.takeSessionUrl()
    const common = { brokerUrl: broker, transport: () => connect(broker), displayName, signal, ...(credential === undefined ? {} : { credential }) }
    try {
      const agent = url === undefined ? await Agent.create({ ...common, ...(token === undefined ? {} : { token }) }) : await Agent.open({ ...common, url })
      if (signal.aborted) return agent.leave()
      this.#agent = agent
      this.#greet(agent, signal)
      const session = await agent.customer({ signal })
      this.#assist(session, agent, signal)
    } catch (error) {
      if (!signal.aborted) this.#end(error, this.#state.stage.name === 'creating')
    }
  }

  #greet(agent: Agent, signal: AbortSignal): void {
    const live =
      <E>(listener: (event: E) => void) =>
      (event: E) =>
        signal.aborted || listener(event)
    const me: Person = {
      id: agent.participant,
      name: this.#options.displayName,
      role: 'agent',
      organisation: undefined,
      self: true,
      inControl: false,
      elevated: false,
      recording: false,
    }
    this.#set({ people: [me] })
    this.#showCode(codeOf(agent))
    agent.on(
      'customer-joined',
      live(({ words }) => this.#set({ stage: { name: 'asking', words }, notice: undefined })),
    )
    agent.on(
      'customer-failed',
      live(error => this.#failed(error)),
    )
    agent.on(
      'line',
      live(line => this.#line(line === 'up')),
    )
    agent.on(
      'ended',
      live(error => this.#end(error, false)),
    )
    this.#options.created(agent.sessionId)
  }

  #showCode(code: Code): void {
    this.#set({ stage: { name: 'waiting' }, code, notice: undefined })
  }

  /** Somebody came and did not get in. A wrong PIN is told with the code, anything else beside it. */
  #failed(error: AssistError): void {
    const { code: before, stage } = this.#state
    const code = before && codeAfter(error, before, stage.name === 'asking')
    this.#set({ stage: { name: 'waiting' }, code, notice: code === before ? toldOf(error) : undefined })
  }

  #assist(session: Session, agent: Agent, signal: AbortSignal): void {
    this.#session = session
    this.#clipboard = new ClipboardBridge(session)
    const live =
      <E>(listener: (event: E) => void) =>
      (event: E) =>
        signal.aborted || listener(event)
    this.#elevation = new ElevationDialog(
      session,
      live(elevating => this.#set({ elevating })),
    )
    session.on(
      'participants',
      live(people => this.#set({ people: peopleOf(people, session.self), elevated: people.some(one => one.participant === session.self && one.elevated) })),
    )
    session.on(
      'grant',
      live(grants => this.#set({ can: abilitiesOf(grants) })),
    )
    session.on(
      'screen-list',
      live(() => this.#screens(session)),
    )
    session.on(
      'control',
      live(() => this.#control(session)),
    )
    session.on(
      'chat',
      live(({ from, text }) => this.#heard(from, text)),
    )
    session.on(
      'quality',
      live(({ rttMs }) => this.#set({ rttMs: Math.max(1, Math.round(rttMs)) })),
    )
    session.on(
      'limit-near',
      live(({ leftMs }) => this.#set({ endsAtMs: Date.now() + leftMs })),
    )
    session.on(
      'secure-desktop',
      live(({ active, reason }) => this.#set({ covered: active ? reason : undefined })),
    )
    session.on(
      'clipboard-sync',
      live(({ refused }) => this.#synced(session, refused)),
    )
    for (const change of ['phase', 'platform', 'words'] as const)
      session.on(
        change,
        live(() => this.#restage()),
      )
    session.on(
      'ended',
      live(error => this.#end(error, false)),
    )
    this.#set({ code: undefined, people: peopleOf(session.participants, session.self), can: abilitiesOf(session.grants) })
    this.#control(session)
    this.#restage()
    this.#options.joined(session)
    this.#screens(session)
    if (agent.view !== undefined) this.#invite(session.invite({ role: 'viewer', link: agent.view }))
  }

  #line(up: boolean): void {
    this.#lineUp = up
    if (!up) this.#set({ rttMs: undefined })
    this.#restage()
  }

  #restage(): void {
    const session = this.#session
    if (session === undefined) return
    const { platform, takesCredentials } = session
    const machine = { canElevate: platform?.canElevate ?? false, takesCredentials }
    this.#set({ stage: stageOf(session, this.#lineUp), comparison: comparisonOf(session, this.#state.comparison), ...machine })
  }

  #invite(invitation: Promise<Invitation>): void {
    this.#try(invitation.then(({ url }) => this.#set({ viewUrl: url })))
  }

  #screens({ screens }: Session): void {
    this.#set({ screens: labelsOf(screens.list), current: screens.current?.screenId })
    if (screens.current === undefined && screens.list.length > 0 && this.#state.can.includes('view')) this.#show(screens.next())
  }

  #show(screenId: number): void {
    const { screens } = this.#session ?? {}
    if (screens === undefined) return
    this.#try(screens.show(screenId, { codecs: CODECS }))
    this.#set({ current: screens.current?.screenId })
  }

  #control({ control }: Session): void {
    const { ours, holder, heldOff } = control.state
    this.#set({ control: ours ? 'ours' : holder === 0 ? 'nobody' : 'other', heldOff: ours && heldOff })
  }

  #heard(from: number, text: string): void {
    const person = this.#state.people.find(({ id }) => id === from)
    const line = { from, name: person?.name ?? '?', self: person?.self ?? false, text }
    this.#set({ chat: [...this.#state.chat, line].slice(-MAX_LINES) })
  }

  #synced({ clipboard }: Session, refused: AssistError | undefined): void {
    const { toCustomer, fromCustomer } = clipboard.switches
    const off = this.#state.can.some(ability => (ability === 'clipboard-to' && !toCustomer) || (ability === 'clipboard-from' && !fromCustomer))
    // Ticked = every direction that the customer granted is on.
    this.#set({ syncsClipboard: (toCustomer || fromCustomer) && !off, ...(refused && { notice: toldOf(refused) }) })
  }

  #end(error: unknown, failed: boolean): void {
    const session = this.#session
    this.close()
    this.#set({ ...initialState, stage: { name: failed ? 'error' : 'ended', why: toldOf(error) } })
    if (session !== undefined || !failed) this.#options.ended()
  }

  #try(work: Promise<unknown>): void {
    const { signal } = this.#stop
    work.catch((error: unknown) => signal.aborted || this.#set({ notice: toldOf(error) }))
  }

  #set(change: Partial<ConsoleState>): void {
    this.#state = { ...this.#state, ...change }
    this.#options.changed()
  }
}

function stageOf({ phase }: Session, lineUp: boolean): Stage {
  if (!lineUp) return { name: 'reconnecting', own: true }
  if (phase === 'active') return { name: 'live' }
  return phase === 'paused' ? { name: 'paused' } : { name: 'reconnecting', own: false }
}
