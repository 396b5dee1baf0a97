/** Two ends of a handshake, and everything that a line between them may do. */
import { beginCustomer, type CustomerSetup, type CustomerState, stepCustomer } from '../../src/handshake/customer.js'
import type { HandshakeFailed } from '../../src/handshake/faults.js'
import type { Context } from '../../src/handshake/forms.js'
import { beginJoiner, type JoinerSetup, type JoinerState, stepJoiner } from '../../src/handshake/joiner.js'
import type { HandshakeOutput, Secured, Self } from '../../src/handshake/machine.js'
import { type HandshakeKind, PASSWORD_CLASS, ROLE } from '../../src/handshake/messages.js'
import type { Secret } from '../../src/handshake/secret.js'
import { sessionKey } from '../../src/session-key.js'
import { seeded } from './bytes.js'

/** The two ends. */
export type Side = 'customer' | 'joiner'

/** Where every exchange of these tests takes place. */
export const CONTEXT: Context = { sessionId: seeded(1, 16), customer: 2, joiner: 1, joinerRole: ROLE.AGENT }

/** A PIN's secret as both ends know it. */
export const PIN: Secret = { passwordClass: PASSWORD_CLASS.PIN, name: new Uint8Array(), password: new TextEncoder().encode('973015') }

/** What an end says of itself. */
export const selfOf = (seed: number, more: Partial<Self> = {}): Self => ({
  key: sessionKey(seeded(seed, 32)),
  credential: '',
  policyHash: seeded(3, 32),
  version: { minMinor: 0, maxMinor: 2 },
  capabilities: ['clipboard-images', 'video-av1'],
  ...more,
})

/** What two ends begin with; all of it may be given otherwise. */
export interface Scene {
  readonly customer?: Partial<CustomerSetup>
  readonly joiner?: Partial<JoinerSetup>
  readonly secrets?: readonly Secret[]
  /** At the joiner. */
  readonly attemptsLeft?: number
  /** Gives other random bytes. */
  readonly seed?: number
  /** The random bytes themselves, 96 for each end. */
  readonly random?: { readonly [S in Side]: Uint8Array }
}

/** What is on the line: who sent it, and in which place (from 0) among the messages of that end. */
export interface Sent {
  readonly from: Side
  readonly place: number
  readonly message: HandshakeKind
}

/** The two ends with a line between them that does nothing by itself. */
export class Pair {
  customer: CustomerState
  joiner: JoinerState
  /** Everything that either end wanted done. */
  readonly output: { readonly [S in Side]: HandshakeOutput[] } = { customer: [], joiner: [] }
  /** Everything sent, in order. */
  readonly sent: Sent[] = []
  #drawn = 0

  constructor(readonly scene: Scene = {}) {
    const { seed = 10 } = scene
    const customer = beginCustomer(
      { context: CONTEXT, self: selfOf(4), secret: PIN, attemptsLeft: 3, ...scene.customer },
      scene.random?.customer ?? seeded(seed, 96),
    )
    const joiner = beginJoiner({ context: CONTEXT, self: selfOf(5, { credential: 'e30.e30.c2ln' }), accepts: [PASSWORD_CLASS.PIN], ...scene.joiner })
    this.customer = customer.state
    this.joiner = joiner.state
    this.#take('customer', customer.output)
  }

  /** Hands a message to an end. */
  receive(to: Side, message: HandshakeKind): void {
    if (to === 'customer') {
      const { state, output } = stepCustomer(this.customer, { type: 'received', message })
      this.customer = state
      this.#take(to, output)
      return
    }
    const { secrets = [PIN], attemptsLeft = 3, seed = 10, random } = this.scene
    const event =
      message.$case === 'start'
        ? ({ type: 'start', start: message.value, random: random?.joiner ?? seeded(seed + 1_000 + ++this.#drawn, 96), secrets, attemptsLeft } as const)
        : ({ type: 'received', message } as const)
    const { state, output } = stepJoiner(this.joiner, event)
    this.joiner = state
    this.#take(to, output)
  }

  /** Lets an end wait in vain. */
  timeout(side: Side): void {
    if (side === 'customer') {
      const { state, output } = stepCustomer(this.customer, { type: 'timeout' })
      this.customer = state
      this.#take(side, output)
      return
    }
    const { state, output } = stepJoiner(this.joiner, { type: 'timeout' })
    this.joiner = state
    this.#take(side, output)
  }

  /** The joiner's secret is void from now on. */
  withdraw(): void {
    const { state, output } = stepJoiner(this.joiner, { type: 'withdrawn' })
    this.joiner = state
    this.#take('joiner', output)
  }

  /** Carries messages, through `line`, until there are none; then whoever still waits is told that time is up. */
  run(line: Line = ({ message }) => [message]): this {
    this.#carry(line)
    for (const side of ['customer', 'joiner'] as const) this.timeout(side)
    this.#carry(line)
    return this
  }

  #carried = 0

  #carry(line: Line): void {
    for (; this.#carried < this.sent.length; this.#carried++) {
      const sent = this.sent[this.#carried]
      if (sent !== undefined) for (const message of line(sent)) this.receive(sent.from === 'customer' ? 'joiner' : 'customer', message)
    }
  }

  /** What an end got in the end: the last it was told. */
  end(side: Side): { readonly secured: Secured | undefined; readonly failed: HandshakeFailed | undefined } {
    const last = this.output[side].findLast(output => output.type === 'secured' || output.type === 'failed')
    return { secured: last?.type === 'secured' ? last.secured : undefined, failed: last?.type === 'failed' ? last.failed : undefined }
  }

  /** Messages of an end, by name. */
  said(side: Side): readonly string[] {
    return this.sent.filter(({ from }) => from === side).map(({ message }) => message.$case)
  }

  #take(from: Side, output: readonly HandshakeOutput[]): void {
    this.output[from].push(...output)
    for (const one of output)
      if (one.type === 'send') this.sent.push({ from, place: this.sent.filter(sent => sent.from === from).length, message: one.message })
  }
}

/** What a line makes of a message: any number of others. */
export type Line = (sent: Sent) => readonly HandshakeKind[]

/** Everything that both ends must have in common, as text to compare. */
export const keysOf = (secured: Secured, side: Side): string =>
  JSON.stringify([
    secured.traffic.map(({ channel, send, receive }) => [channel, ...(side === 'customer' ? [send, receive] : [receive, send]).map(bytes => [...bytes])]),
    secured.words,
    [...secured.audit],
    [...secured.resume.secret],
    [...secured.resume.name],
    secured.minor,
  ])
