/** The console's life: a session is made, the customer comes, decides, is assisted, goes. Turns what the peer library says into what is shown. */

import {
  Agent,
  AssistError,
  type CreateOptions,
  type Credentials,
  type Invitation,
  type InviteLink,
  type Session,
  type SessionEvents,
  type VideoCodec,
} from '@remote-assist/peer'
import { connect } from '@remote-assist/transport-websocket/browser'
import { codeAfter, codeOf, renewedCodeOf } from './code.js'
import { Codecs } from './codecs.js'
import { ElevationDialog } from './elevation.js'
import { Transfers } from './files/transfers.js'
import { isInvitation, joinInvited } from './invited.js'
import {
  type Actions,
  type Code,
  type Combo,
  type ConsoleState,
  type ElevationWish,
  type Guest,
  heard,
  initialState,
  isOver,
  type Person,
  type Stage,
} from './model.js'
import { abilitiesOf, comparisonOf, labelsOf, peopleOf } from './people.js'
import { type Told, toldOf } from './told.js'

/** What a link is made of. */
export interface LinkOptions {
  /** The broker's base URL. */
  readonly broker: string
  readonly token: string | undefined
  readonly displayName: string
  /** Who this agent is, signed by its organisation for the session that it gets. */
  readonly credential: CreateOptions['credential']
  /** The URL of a session that was made for this console, or of an invitation to one; taken once. Without it a session is made. */
  takeSessionUrl(): string | undefined
  /** What this agent says to all when it waits for control. */
  readonly controlWanted: string
  /** The state is another. */
  changed(): void
  /** The session was made. */
  created(sessionId: string): void
  /** The customer consented. Called once for each session, with what shows and drives it. */
  joined(session: Session): void
  /** It is over. */
  ended(): void
}

export class AgentLink implements Actions {
  readonly files: Transfers
  #state: ConsoleState = initialState
  #agent: Agent | undefined
  #session: Session | undefined
  #elevation: ElevationDialog | undefined
  readonly #invitations = new Map<number, Invitation>()
  readonly #codecs = new Codecs()
  #lineUp = true
  #stop = new AbortController()
  readonly #options: LinkOptions

  constructor(options: LinkOptions) {
    this.#options = options
    this.files = new Transfers({ changed: files => this.#set({ files }), failed: error => this.#set({ notice: toldOf(error) }) })
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
    this.files.close()
    if (this.#agent === undefined) this.#session?.leave()
    else this.#agent.leave()
    this.#agent = undefined
    this.#session = undefined
    this.#elevation = undefined
    this.#invitations.clear()
  }

  /** Looks at what changes by itself. To be called once a second. */
  tick(): void {
    const session = this.#session
    this.#followGuests()
    this.#set({ quality: session !== undefined && this.#state.stage.name === 'live' ? session.quality : undefined })
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
    if (screens !== undefined && screens.list.length > 0) this.showScreen(screens.next())
  }

  showScreen(screenId: number): void {
    const { screens } = this.#session ?? {}
    if (screens === undefined) return
    this.#try(this.#codecs.show(screens, screenId, () => this.#set({ current: screens.current?.screenId })))
  }

  /** The picture comes without this codec from now on: its decoder fails. */
  giveUp(codec: VideoCodec): void {
    this.#codecs.giveUp(codec)
    const { current } = this.#session?.screens ?? {}
    if (current !== undefined) this.showScreen(current.screenId)
  }

  takeControl(): void {
    const { control, leads } = this.#state
    if (control !== 'other' || leads) return this.#requestControl()
    this.#set({ wantsControl: true })
    if (this.#state.can.includes('chat')) this.say(this.#options.controlWanted)
  }

  forgoControl(): void {
    this.#set({ wantsControl: false })
  }

  releaseControl(): void {
    this.#session?.control.release()
  }

  sendKeys(combo: Combo): void {
    const { input } = this.#session ?? {}
    if (input === undefined) return
    this.#try(
      input.sendKeys(combo).then(answer => {
        if (!answer.ok) throw new AssistError('E_DENIED', `The keys were not sent: ${answer.reason.replaceAll('-', ' ')}.`, { cause: answer.reason })
      }),
    )
  }

  typeClipboard(): void {
    const { input } = this.#session ?? {}
    if (input !== undefined) this.#try(navigator.clipboard.readText().then(text => input.type(text)))
  }

  elevate(wish: ElevationWish): void {
    if (this.#elevation !== undefined) this.#try(this.#elevation.ask(wish))
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

  invite(role: Guest['role'], link?: InviteLink): void {
    const session = this.#session
    if (session === undefined) return
    this.#try(
      session.invite({ role, ...(link && { link }) }).then(invitation => {
        const id = this.#invitations.size + 1
        this.#invitations.set(id, invitation)
        const { url, expiresAtMs } = invitation
        this.#set({ guests: [...this.#state.guests, { id, role, url, expiresAtMs, usedBy: undefined }] })
      }),
    )
  }

  revoke({ id }: Guest): void {
    this.#invitations.get(id)?.revoke({ removeJoined: true })
    this.#set({ guests: this.#state.guests.filter(guest => guest.id !== id) })
  }

  remove({ id }: Person): void {
    if (this.#session !== undefined) this.#try(this.#session.remove(id))
  }

  say(text: string): void {
    const { chat } = this.#session ?? {}
    if (chat !== undefined) this.#try((async () => chat.say(text))())
  }

  readChat(): void {
    if (this.#state.unread > 0) this.#set({ unread: 0 })
  }

  leave(): void {
    if (isOver(this.#state.stage)) return
    if (this.#agent !== undefined) return void this.#agent[this.#session === undefined ? 'close' : 'leave']()
    if (this.#session === undefined) this.#end(new AssistError('E_LEFT', 'You left.'), false)
    else this.#session.leave()
  }

  /** Something of the page did not work. */
  tell(notice: Told): void {
    this.#set({ notice })
  }

  dismissNotice(): void {
    this.#set({ notice: undefined })
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { broker, token, displayName, credential } = this.#options
    const url = this.#options.takeSessionUrl()
    const common = { displayName, signal, files: this.files.platform, ...(credential === undefined ? {} : { credential }) }
    try {
      if (url !== undefined && isInvitation(url)) {
        const session = await joinInvited({ ...common, broker, token, url })
        return signal.aborted ? session.leave() : this.#assist(session, signal)
      }
      const making = { ...common, brokerUrl: broker, transport: () => connect(broker) }
      const agent = url === undefined ? await Agent.create({ ...making, ...(token === undefined ? {} : { token }) }) : await Agent.open({ ...making, url })
      if (signal.aborted) return agent.leave()
      this.#agent = agent
      this.#greet(agent, signal)
      this.#assist(await agent.customer({ signal }), signal)
      if (agent.view !== undefined) this.invite('viewer', agent.view)
    } catch (error) {
      if (!signal.aborted) this.#end(error, this.#state.stage.name === 'creating')
    }
  }

  #greet(agent: Agent, signal: AbortSignal): void {
    const me: Person = {
      id: agent.participant,
      name: this.#options.displayName,
      role: 'agent',
      organisation: undefined,
      self: true,
      inControl: false,
      elevated: false,
      recording: false,
      can: [],
    }
    this.#set({ people: [me] })
    this.#showCode(codeOf(agent))
    agent.on('customer-joined', ({ words }) => signal.aborted || this.#set({ stage: { name: 'asking', words }, notice: undefined }))
    agent.on('customer-failed', error => signal.aborted || this.#failed(error))
    agent.on('ended', error => signal.aborted || this.#end(error, false))
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

  #assist(session: Session, signal: AbortSignal): void {
    this.#session = session
    this.#elevation = new ElevationDialog(session, elevating => signal.aborted || this.#set({ elevating }))
    const on = <N extends keyof SessionEvents>(name: N, hear: (event: SessionEvents[N]) => void) =>
      session.on(name, event => {
        if (!signal.aborted) hear(event)
      })
    on('participants', () => this.#people(session))
    on('grant', grants => this.#set({ can: abilitiesOf(grants) }))
    on('screen-list', () => this.#screens(session))
    on('control', () => this.#control(session))
    on('chat', ({ from, text }) => this.#set(heard(this.#state, from, text)))
    on('limit-near', ({ leftMs }) => this.#set({ endsAtMs: Date.now() + leftMs }))
    on('secure-desktop', ({ active, reason }) => this.#set({ covered: active ? reason : undefined }))
    on('clipboard-sync', ({ refused }) => this.#synced(session, refused))
    on('elevation', ({ leftMs }) => this.#set({ elevatedUntilMs: leftMs === undefined ? undefined : Date.now() + leftMs }))
    on('line', line => this.#line(line === 'up'))
    for (const change of ['phase', 'platform', 'words'] as const) on(change, () => this.#restage())
    on('ended', error => this.#end(error, false))
    this.#set({ code: this.#state.code && { ...this.#state.code, used: true }, can: abilitiesOf(session.grants) })
    this.#people(session)
    this.#control(session)
    this.#restage()
    this.files.open(session)
    this.#options.joined(session)
    this.#screens(session)
  }

  #people({ participants, self }: Session): void {
    const me = participants.find(one => one.participant === self)
    this.#set({ people: peopleOf(participants, self), leads: me?.lead ?? false, elevated: me?.elevated ?? false })
    this.#followGuests()
  }

  /** Who came by which link. The broker tells, and perhaps after the customer told who is there. */
  #followGuests(): void {
    const { guests, people } = this.#state
    const nameOf = ({ id, usedBy }: Guest) => usedBy ?? people.find(person => person.id === this.#invitations.get(id)?.joined)?.name
    if (guests.some(guest => guest.usedBy !== nameOf(guest))) this.#set({ guests: guests.map(guest => ({ ...guest, usedBy: nameOf(guest) })) })
  }

  #line(up: boolean): void {
    this.#lineUp = up
    if (!up) this.#set({ quality: undefined })
    this.#restage()
  }

  #restage(): void {
    const session = this.#session
    if (session === undefined) return
    const { platform, takesCredentials, maxElevationMinutes } = session
    const machine = { canElevate: platform?.canElevate ?? false, takesCredentials, elevationMinutes: Math.ceil(maxElevationMinutes) }
    this.#set({ stage: stageOf(session, this.#lineUp), comparison: comparisonOf(session, this.#state.comparison), ...machine })
  }

  #screens({ screens }: Session): void {
    this.#set({ screens: labelsOf(screens.list), current: screens.current?.screenId })
    if (screens.current === undefined && screens.list.length > 0 && this.#state.can.includes('view')) this.showScreen(screens.next())
  }

  #requestControl(): void {
    this.#set({ wantsControl: false })
    const { control } = this.#session ?? {}
    if (control !== undefined) this.#try(control.request())
  }

  #control({ control }: Session): void {
    const { ours, holder, heldOff } = control.state
    this.#set({ control: ours ? 'ours' : holder === 0 ? 'nobody' : 'other', heldOff: ours && heldOff })
    if (holder === 0 && this.#state.wantsControl) this.#requestControl()
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
