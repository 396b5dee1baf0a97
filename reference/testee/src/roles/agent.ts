/** An agent: helps, in a session that the suite made or by invitation. */
import { toBinary } from '@bufbuild/protobuf'
import { CreateSessionResponse, decodeMessage, type Permission, Phase, RefusalReason, Role as RoleName } from '@remote-assist/codec'
import {
  Agent,
  type ClipboardContent,
  type ComboName,
  customerUrl,
  type ElevatedPowers,
  type Invitation,
  makePin,
  newPinSecret,
  type RefusalWord,
  refusalWord,
  type Session,
  systemRandom,
} from '@remote-assist/peer'
import type { Ready } from '../contract.js'
import { CreateSessionResponseSchema } from '../gen/remoteassist/v1/control_pb.js'
import { Line, transportTo } from '../line.js'
import { begin, reasonOf } from './begun.js'
import { Following } from './following.js'
import { minutesOf } from './minutes.js'
import { organisation } from './organisation.js'
import { type Actions, Refused, type Role, type Stage } from './role.js'
import { Strokes } from './strokes.js'
import { Transfers } from './transfers.js'
import { looking, Watching } from './watching.js'

const BUTTONS = ['left', 'middle', 'right', 'back', 'forward'] as const

/** What an agent's program keeps for its user. */
class Seat {
  readonly following: Following
  readonly transfers: Transfers
  readonly line: Line
  readonly over = new AbortController()
  /** What was pasted of the customer's clipboard. */
  readonly pasted: ClipboardContent[] = []
  strokes = new Strokes()
  agent: Agent | undefined
  /** It comes to the session that was made; undefined: it came by invitation. */
  attaching: Promise<Agent> | undefined
  elevated: ElevatedPowers | undefined
  invitation: Invitation | undefined
  #session: Session | undefined
  #watching: Watching | undefined

  constructor(readonly stage: Stage) {
    const { start, folder, pending, tell } = stage
    this.following = new Following(tell, start.way.case === 'created')
    this.transfers = new Transfers(folder, tell)
    this.line = new Line(transportTo(start), state => tell({ case: 'line', value: state }), pending)
  }

  /** The session with the customer, once it consented. Throws `Refused` before. */
  get session(): Session {
    if (this.#session === undefined) throw new Refused('No customer has let this agent in.')
    return this.#session
  }

  /** What is on the screen; undefined before the customer consented. */
  get watching(): Watching | undefined {
    return this.#watching
  }

  get words(): readonly string[] {
    return this.#session?.words ?? []
  }

  /** The customer's user said that the words are the same. */
  get wordsConfirmed(): boolean {
    return this.#session?.wordsConfirmed ?? false
  }

  /** The customer that this agent met is there. */
  get isAssisting(): boolean {
    return this.#session !== undefined && this.#session.phase !== 'gone'
  }

  /** What the customer offers on its clipboard. */
  get offered(): string[] {
    return this.#session?.clipboard.offered.map(({ mime }) => mime) ?? []
  }

  /** Fetches what the customer offers; what comes is on this end's clipboard then. */
  async paste(mime: string): Promise<void> {
    const data = await this.session.clipboard.readAs(mime).catch(() => undefined)
    if (data !== undefined) this.pasted.push({ mime, data })
  }

  /** Leaves at once, if it came in. */
  leave(): void {
    if (this.#session !== undefined) this.#session.leave()
  }

  /** Begins: attaches to a session that was made, or comes by invitation. Returns the code of the former. */
  begin(): Ready {
    const { start, time } = this.stage
    const options = {
      displayName: start.displayName,
      permissions: start.permissions as number[] as Permission[],
      ...(start.credential === '' ? {} : { credential: organisation(start.credential) }),
      files: this.transfers.platform,
      ...(time === undefined ? {} : { clock: time.end }),
      observe: this.following.observe,
      signal: this.over.signal,
    }
    const failed = () => this.following.failed()
    if (start.way.case !== 'created') {
      Agent.join({ ...options, transport: this.line, url: String(start.way.value) }).then(session => this.#assist(session), failed)
      return {}
    }
    const created = decodeMessage(CreateSessionResponse, toBinary(CreateSessionResponseSchema, start.way.value))
    const control = { brokerUrl: new URL(created.websocketUrl).origin, token: created.agentToken }
    const code = { pin: makePin(created.session?.locator ?? '', newPinSecret()), linkSecret: systemRandom.bytes(32) }
    this.attaching = Agent.attach({ ...options, transport: this.line, created, control, code })
    this.attaching.then(agent => this.#wait(agent), failed)
    return { pin: code.pin.digits, customerUrl: customerUrl(created.joinUrl, code) }
  }

  /** Waits for customers, one after the other, until the session is over. */
  async #wait(agent: Agent): Promise<void> {
    this.agent = agent
    agent.on('ended', () => this.following.over())
    while (this.following.session !== Phase.ENDED) {
      // Who does not get in is told of by the core.
      const session = await agent.customer().catch(() => undefined)
      if (session !== undefined) this.#assist(session)
    }
  }

  /** The customer let this agent in. */
  #assist(session: Session): void {
    const { tell } = this.stage
    this.#session = session
    this.#watching = new Watching(session, tell)
    this.strokes = new Strokes()
    session.on('annotation', annotation => this.strokes.take(annotation))
    session.on('file', offer => this.transfers.offered(this.customerNumber, offer))
    session.on('clipboard-sync', ({ direction, on, refused }) =>
      tell({ case: 'answered', value: `clipboard ${direction} ${refused === undefined ? (on ? 'on' : 'off') : `refused ${reasonOf(refused)}`}` }),
    )
    session.on('input-rejected', ({ reason }) => tell({ case: 'answered', value: `input refused ${reasonOf(reason)}` }))
    session.on('ended', () => this.following.left(this.agent === undefined))
  }

  /** The customer's participant number; 0 = there is none. */
  get customerNumber(): number {
    return this.following.participants.find(({ role }) => role === RoleName.CUSTOMER)?.participant ?? 0
  }
}

/** Coming, going and asking. */
const assisting = (seat: Seat): Actions => {
  const { tell } = seat.stage
  return {
    leave: ({ endSession }) => {
      if (seat.agent === undefined && !seat.isAssisting) return seat.over.abort()
      if (seat.agent === undefined) return seat.session.leave({ endSession })
      if (endSession) void seat.agent.close()
      else seat.agent.leave()
    },
    disconnect: () => seat.line.break(),
    requestConsent: ({ permissions, reason }) => {
      const wanted = permissions as number[] as Permission[]
      if (!seat.isAssisting && seat.agent !== undefined) return seat.agent.ask(wanted, reason)
      return begin(tell, 'consent', seat.session.ask(wanted, reason), granted => `consent granted ${granted.join(' ')}`)
    },
    confirmWords: () => seat.session.confirmWords(),
    remove: ({ participant }) => begin(tell, 'remove', seat.session.remove(participant), () => 'remove done'),
    invite: async ({ role, expiresInMs, ceiling }) => {
      const minutes = minutesOf(expiresInMs)
      const name = (role as number) === RoleName.VIEWER ? 'viewer' : 'agent'
      const options = { role: name, ceiling: ceiling as number[] as Permission[], ...(minutes === undefined ? {} : { minutes }) } as const
      seat.invitation = await seat.session.invite(options)
      return { url: seat.invitation.url }
    },
    revokeInvite: ({ removeJoined }) => {
      if (seat.invitation === undefined) throw new Refused('This agent made no invitation.')
      seat.invitation.revoke({ removeJoined })
    },
    recording: ({ on }) => seat.session.announceRecording(on),
    requestRejoin: ({ reason }) => {
      if (seat.agent === undefined) throw new Refused('Who came by invitation does not lead.')
      return begin(tell, 'rejoin', seat.agent.requestRejoin({ reason }), () => 'rejoin ready')
    },
    renewCode: async () => {
      const agent = await seat.attaching
      if (agent === undefined) throw new Refused('Who came by invitation makes no codes.')
      const pin = await agent.renewCode()
      return { text: pin.digits, url: agent.customerUrl }
    },
  }
}

/** Keyboard and pointer. */
const controlling = (seat: Seat): Actions => {
  const { tell } = seat.stage
  return {
    requestControl: () => begin(tell, 'control', seat.session.control.request(), () => 'control granted'),
    releaseControl: () => seat.session.control.release(),
    key: ({ usage, down }) => (down ? seat.session.input.down(usage) : seat.session.input.up(usage)),
    typeText: ({ text }) => seat.session.input.type(text),
    movePointer: ({ x, y }) => seat.session.input.pointer.move(x, y),
    button: ({ button, down }) => seat.session.input.pointer[down ? 'down' : 'up'](BUTTONS[button]),
    wheel: ({ deltaX, deltaY }) => seat.session.input.pointer.wheel(deltaX, deltaY),
    sendKeys: ({ combo }) =>
      begin(tell, 'keys', seat.session.sendKeys(combo as ComboName), answer => (answer.ok ? 'keys OK' : `keys refused ${wordOf(answer.reason)}`)),
  }
}

/** Clipboard, files, drawing and elevated powers. */
const exchanging = (seat: Seat): Actions => {
  const { tell } = seat.stage
  return {
    setClipboard: ({ mime, data, secret }) => seat.session.clipboard.offer([{ mime, data }], { secret }),
    syncClipboard: ({ toCustomer, fromCustomer }) => {
      const { switches } = seat.session.clipboard
      if (toCustomer !== switches.toCustomer) seat.session.clipboard.sync({ toCustomer })
      if (fromCustomer !== switches.fromCustomer) seat.session.clipboard.sync({ fromCustomer })
    },
    pasteClipboard: ({ mime }) => {
      if (!seat.offered.includes(mime)) throw new Refused(`The customer offers no ${mime}.`)
      void seat.paste(mime)
    },
    offerFiles: async ({ entries }) => ({ id: seat.transfers.sending(seat.session.files.send(await seat.transfers.offering(entries))) }),
    hinder: what => seat.transfers.hinder(what),
    answerOffer: answer => seat.transfers.answer(answer),
    controlTransfer: control => seat.transfers.control(control),
    askFiles: () =>
      begin(tell, 'files', seat.session.files.ask('files for the test'), offer => {
        seat.transfers.offered(seat.customerNumber, offer)
        return 'files offered'
      }),
    annotate: ({ screen, points }) => {
      const pairs = Array.from({ length: points.length >> 1 }, (_, at) => ({ x: points[2 * at] ?? 0, y: points[2 * at + 1] ?? 0 }))
      seat.session.annotations.draw(screen, pairs)
    },
    elevate: ({ reason, durationMs, scope, account, password }) => {
      const minutes = minutesOf(durationMs)
      const asked = seat.session.elevate({
        reason,
        ...(minutes === undefined ? {} : { minutes }),
        ...(scope === 'standard' || scope === 'admin' ? { scope } : {}),
        ...(account === '' ? {} : { credentials: () => ({ account, password }) }),
      })
      return begin(tell, 'elevation', asked, elevated => {
        seat.elevated = elevated
        return 'elevation granted'
      })
    },
    dropElevation: () => seat.session.dropElevation(),
    runCommand: ({ argv }) => {
      if (seat.elevated === undefined) throw new Refused('This agent has no elevated powers.')
      return begin(tell, 'command', seat.elevated.run(argv), ({ exitCode, endedBy, stdout }) => {
        const printed = new TextDecoder().decode(stdout)
        if (printed !== '') tell({ case: 'answered', value: `command output ${printed}` })
        return endedBy === undefined ? `command exit ${exitCode}` : `command ended ${endedBy}`
      })
    },
  }
}

/** Plays an agent. */
export function playAgent(stage: Stage): Role {
  const seat = new Seat(stage)
  const ready = seat.begin()
  const { following, transfers, line } = seat
  return {
    ready,
    actions: {
      ...assisting(seat),
      ...controlling(seat),
      ...exchanging(seat),
      ...looking(stage.tell, () => {
        if (seat.watching === undefined) throw new Refused('No customer has let this agent in.')
        return seat.watching
      }),
    },
    look: async () => ({
      ...following.look({ words: () => seat.words, confirmed: () => seat.wordsConfirmed }),
      ...seat.watching?.look(),
      ...(await transfers.look()),
      clipboard: [...seat.pasted],
      clipboardOffered: seat.offered,
      elevation: following.elevation,
      annotations: seat.strokes.points,
    }),
    end: async () => {
      seat.over.abort()
      line.cut()
      await seat.agent?.close()
      seat.leave()
    },
  }
}

/** A refusal as the schema has it, from the word that programs are told. */
const wordOf = (word: RefusalWord): string => REASONS.get(word) ?? word.toUpperCase()

const REASONS: ReadonlyMap<string, string> = new Map(
  Object.values(RefusalReason)
    .filter((reason): reason is RefusalReason => typeof reason === 'number')
    .map(reason => [refusalWord(reason), RefusalReason[reason]]),
)
