/** The handshake's machines in the hands of somebody who is not bound to play by the rules of a session. */
import type { HandshakeMessage, Policy } from '@remote-assist/codec'
import {
  beginCustomer,
  beginJoiner,
  type Context,
  type CustomerState,
  HANDSHAKE_RANDOM_BYTES,
  type HandshakeKind,
  type HandshakeStart,
  type HandshakeStep,
  type JoinerState,
  PASSWORD_CLASS,
  policyHash,
  type Secret,
  type Secured,
  type Self,
  sessionKey,
  stepCustomer,
  stepJoiner,
} from '@remote-assist/secure'
import { systemRandom } from '../../src/random.js'

/** As many tries as a machine counts; whoever guesses counts none. */
const TRIES = 3

export type Said = NonNullable<HandshakeMessage['kind']>

const selfOf = (policy: Policy | undefined): Self => ({
  key: sessionKey(systemRandom.bytes(32)),
  credential: '',
  policyHash: policyHash(policy),
  version: { minMinor: 0, maxMinor: 0 },
  capabilities: [],
})

/** One side of an exchange: hears a message, and says what follows from it. */
export abstract class Side<S> {
  protected state: S | undefined
  secured: Secured | undefined
  failed = false

  constructor(
    readonly context: Context,
    readonly policy: Policy | undefined,
  ) {}

  abstract hear(message: Said): readonly Said[]

  protected take({ state, output }: HandshakeStep<S>): readonly Said[] {
    this.state = state
    return output.flatMap(one => {
      if (one.type === 'secured') this.secured = one.secured
      if (one.type === 'failed') this.failed = true
      return one.type === 'send' ? [one.message as Said] : []
    })
  }
}

/** An agent or viewer who knows these secrets, or guesses. */
export class JoinerSide extends Side<JoinerState> {
  constructor(
    context: Context,
    policy: Policy | undefined,
    /** What it knows, or makes up once it hears what is asked for. */
    readonly secrets: (asked: HandshakeStart) => readonly Secret[],
  ) {
    super(context, policy)
    this.take(beginJoiner({ context, self: selfOf(policy), accepts: Object.values(PASSWORD_CLASS) }))
  }

  hear(message: Said): readonly Said[] {
    const state = this.state as JoinerState
    if (message.$case !== 'start') return this.take(stepJoiner(state, { type: 'received', message: message as Exclude<HandshakeKind, { $case: 'start' }> }))
    const random = systemRandom.bytes(HANDSHAKE_RANDOM_BYTES)
    return this.take(stepJoiner(state, { type: 'start', start: message.value, random, secrets: this.secrets(message.value), attemptsLeft: TRIES }))
  }
}

/** A customer who knows this secret, or guesses. */
export class CustomerSide extends Side<CustomerState> {
  constructor(
    context: Context,
    policy: Policy | undefined,
    readonly secret: Secret,
  ) {
    super(context, policy)
  }

  begin(): readonly Said[] {
    const setup = { context: this.context, self: selfOf(this.policy), secret: this.secret, attemptsLeft: TRIES }
    return this.take(beginCustomer(setup, systemRandom.bytes(HANDSHAKE_RANDOM_BYTES)))
  }

  hear(message: Said): readonly Said[] {
    return this.take(stepCustomer(this.state as CustomerState, { type: 'received', message: message as HandshakeKind }))
  }
}
