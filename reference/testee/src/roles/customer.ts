/** A customer: shares a desktop in memory. */
import { type Permission, Phase, Role as RoleName } from '@remote-assist/codec'
import { Customer, type FileAsk, type RejoinTicket, type Trust } from '@remote-assist/peer'
import type { StartRole } from '../contract.js'
import { Desktop } from '../host/desktop.js'
import { Line, transportTo } from '../line.js'
import { Following } from './following.js'
import { minutesOf } from './minutes.js'
import { Questions } from './questions.js'
import { type Actions, Refused, type Role, type Stage } from './role.js'
import { Strokes } from './strokes.js'
import { Transfers } from './transfers.js'

const trustOf = ({ trust }: StartRole): Trust => ({ keys: { keys: trust.map(({ jwk }) => JSON.parse(jwk)) } })

/** What a customer's program keeps for its user. */
class Seat {
  readonly desktop: Desktop
  readonly following: Following
  readonly questions: Questions
  readonly transfers: Transfers
  readonly line: Line
  readonly chat: string[] = []
  readonly strokes = new Strokes()
  readonly confirmed = new Set<number>()
  readonly asks: { readonly participant: number; readonly ask: FileAsk }[] = []
  readonly over = new AbortController()
  #customer: Customer | undefined

  constructor(readonly stage: Stage) {
    const { start, folder, pending, tell } = stage
    this.desktop = new Desktop(start.screens, start.lacks, start.way.case === 'ticket' ? start.way.value : undefined)
    this.following = new Following(tell)
    this.questions = new Questions(tell)
    this.transfers = new Transfers(folder, tell, this.desktop.trouble)
    this.line = new Line(transportTo(start), state => tell({ case: 'line', value: state }), pending)
  }

  /** The customer, once it is in. Throws `Refused` before. */
  get customer(): Customer {
    if (this.#customer === undefined) throw new Refused('The customer is not in the session.')
    return this.#customer
  }

  /** An agent proved the secret. */
  get isIn(): boolean {
    return this.#customer !== undefined
  }

  /** Begins to join. */
  join(): void {
    const { start, time } = this.stage
    const options = {
      transport: this.line,
      host: this.desktop,
      displayName: start.displayName,
      files: this.transfers.platform,
      trust: trustOf(start),
      ...(time === undefined ? {} : { clock: time.end }),
      observe: this.following.observe,
      signal: this.over.signal,
    }
    const { way } = start
    const joining =
      way.case === 'ticket'
        ? this.#ticket().then(ticket => Customer.join({ ...options, ticket }))
        : Customer.join(way.case === 'customerUrl' ? { ...options, url: way.value } : { ...options, pin: String(way.value) })
    joining.then(
      customer => this.#joined(customer),
      () => this.following.failed(),
    )
  }

  /** The ticket that lies there, which is taken away. Rejects if there is none. */
  async #ticket(): Promise<RejoinTicket> {
    const ticket = await this.desktop.rejoin?.take()
    if (ticket === undefined) throw new Error('No ticket lies there.')
    return ticket
  }

  /** Adds what the user sees beyond the session's own words. */
  #joined(customer: Customer): void {
    this.#customer = customer
    customer.on('consent', request => this.questions.consent(request))
    customer.on('elevation', question => this.questions.elevation(question))
    customer.on('rejoin', question => this.questions.rejoin(question))
    customer.on('chat', ({ text }) => this.chat.push(text))
    customer.on('file', ({ participant, offer }) => this.transfers.offered(participant, offer))
    customer.on('file-ask', asked => {
      this.asks.push(asked)
      this.stage.tell({ case: 'filesAsked', value: asked.participant })
    })
    customer.on('annotation', annotation => this.strokes.take(annotation))
    customer.on('ended', () => this.following.over())
  }

  /** The words to compare with a participant; none before this end is in. */
  words(participant: number): readonly string[] {
    return this.#customer?.words(participant) ?? []
  }

  /** Lets go of everything at once. */
  async leave(): Promise<void> {
    this.over.abort()
    this.line.cut()
    await this.#customer?.close()
  }

  /** The agent who is meant: the one that is named, or the only one. */
  agent(named: number): number {
    const agents = this.following.participants.filter(({ role, phase }) => role === RoleName.AGENT && (phase === Phase.ACTIVE || phase === Phase.PAUSED))
    const [only, another] = agents
    if (named !== 0) return named
    if (only === undefined || another !== undefined) throw new Refused('It is not clear which agent is meant.')
    return only.participant
  }
}

/** The user decides. */
const deciding = (seat: Seat): Actions => ({
  answer: answer => seat.questions.answer(answer),
  setGrants: ({ participant, permissions, expiresInMs }) => {
    const held = seat.following.participants.find(it => it.participant === participant)?.grants ?? []
    const wanted = permissions as number[] as Permission[]
    const minutes = minutesOf(expiresInMs)
    for (const permission of held) if (!wanted.includes(permission)) seat.customer.revoke(permission, participant)
    for (const permission of wanted) if (!held.includes(permission)) seat.customer.grant(permission, participant, minutes === undefined ? {} : { minutes })
  },
  pause: () => seat.customer.pause(),
  unpause: () => seat.customer.unpause(),
  stop: () => seat.customer.stop(),
  leave: () => (seat.isIn ? seat.customer.leave() : seat.over.abort()),
  disconnect: () => seat.line.break(),
  remove: ({ participant }) => seat.customer.remove(participant),
  confirmWords: ({ participant }) => {
    seat.customer.confirmWords(participant)
    seat.confirmed.add(participant)
  },
  dropElevation: () => {
    for (const { participant } of seat.following.participants) seat.customer.dropElevation(participant)
  },
  say: ({ text }) => seat.customer.say(text),
})

/** Something happens on the desktop. */
const happening = (desktop: Desktop): Actions => ({
  localInput: () => desktop.input.touch(),
  changeScreens: ({ screens }) => desktop.screens.change(screens),
  paint: ({ screen: screenId, ...rect }) => desktop.screens.paint({ ...rect, screenId }),
  setMasks: ({ regions }) => desktop.screens.mask(regions.map(({ screen: screenId, x, y, width, height }) => ({ screenId, x, y, width, height }))),
  secureDesktop: ({ active }) => desktop.powers.cover(active),
  prompt: ({ on }) => {
    desktop.powers.agrees = on
  },
  lock: ({ on }) => desktop.lock(on),
  setClipboard: ({ mime, data, secret }) => desktop.clipboard.take({ mime, data }, secret),
  pasteClipboard: ({ mime }) => {
    const data = desktop.clipboard.paste(mime)
    return data === undefined ? {} : { data }
  },
})

/** Files come and go. */
const sharing = (seat: Seat): Actions => ({
  hinder: what => seat.transfers.hinder(what),
  offerFiles: async ({ entries, participant }) => {
    const open = seat.asks.findIndex(it => participant === 0 || it.participant === participant)
    const asked = open < 0 ? undefined : seat.asks.splice(open, 1)[0]
    if (entries.length === 0 && asked !== undefined) {
      asked.ask.decline()
      return {}
    }
    const source = await seat.transfers.offering(entries)
    return { id: seat.transfers.sending(asked?.ask.give(source) ?? seat.customer.files(seat.agent(participant)).send(source)) }
  },
  answerOffer: answer => seat.transfers.answer(answer),
  controlTransfer: control => seat.transfers.control(control),
})

/** Plays a customer. */
export function playCustomer(stage: Stage): Role {
  const seat = new Seat(stage)
  seat.join()
  const { desktop, following, transfers } = seat
  return {
    ready: {},
    actions: { ...deciding(seat), ...happening(desktop), ...sharing(seat) },
    look: async () => ({
      ...following.look({ words: participant => seat.words(participant), confirmed: participant => seat.confirmed.has(participant) }),
      keysDown: desktop.input.keysDown,
      buttonsDown: desktop.input.buttonsDown,
      injected: desktop.input.done,
      clipboard: [...desktop.clipboard.contents],
      ...(await transfers.look()),
      chat: seat.chat,
      elevation: following.elevation,
      screens: desktop.screens.list().map(({ id, x, y, width, height, primary }) => ({ id, x, y, width, height, primary })),
      annotations: seat.strokes.points,
      secureDesktop: desktop.powers.secure,
      ...(desktop.rejoin === undefined ? {} : { ticket: desktop.rejoin.lies }),
    }),
    end: () => seat.leave(),
  }
}
