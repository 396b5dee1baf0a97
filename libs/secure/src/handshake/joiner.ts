/** The joiner's side of a handshake, agent or viewer: it waits for a start, is bound to its share before it sees the customer's, and proves the secret second. */
import { CPACE_SUITE, SHARE_BYTES } from '../cpace.js'
import { type Agreed, agree, type Drawn, draw, shareOf } from './agreement.js'
import { isStart, shareFault } from './check.js'
import type { Fault } from './faults.js'
import { type Context, commitmentTo } from './forms.js'
import {
  checkOwn,
  confirmFault,
  confirmMessage,
  fail,
  failedByCounterpart,
  failSilently,
  type HandshakeOutput,
  type HandshakeStep,
  type Over,
  release,
  type Self,
  securedBy,
  shareMessage,
  spend,
  type Tries,
  triesOf,
} from './machine.js'
import {
  type HandshakeCommit,
  type HandshakeConfirm,
  type HandshakeKind,
  type HandshakeShare,
  type HandshakeStart,
  PASSWORD_CLASS,
  type PasswordClass,
  ROLE,
} from './messages.js'
import { type Secret, secretNamed } from './secret.js'

/** What a joiner waits with. */
export interface JoinerSetup {
  readonly context: Context
  readonly self: Self
  /** The classes that it lets a customer prove. */
  readonly accepts: readonly PasswordClass[]
}

/** A customer begins: with what this end knows at that moment, and what it needs to answer. */
export interface JoinerStartEvent {
  readonly type: 'start'
  readonly start: HandshakeStart
  /** 96 bytes, used for nothing else. */
  readonly random: Uint8Array
  readonly secrets: readonly Secret[]
  /** PIN: tries left before this one, 0–3. Other classes: not looked at. */
  readonly attemptsLeft: number
}

/** What happens to a joiner. */
export type JoinerEvent =
  | JoinerStartEvent
  | { readonly type: 'received'; readonly message: Exclude<HandshakeKind, { readonly $case: 'start' }> }
  /** What came is no message, or a field of it is outside its limits. */
  | { readonly type: 'malformed' }
  /** The secret that the customer set out to prove is void: another one took its place. */
  | { readonly type: 'withdrawn' }
  | { readonly type: 'timeout' }

interface Begun {
  readonly setup: JoinerSetup
  readonly tries: Tries
}

/** Where an exchange stands. Plain data that is never changed; whoever keeps an old one keeps its secrets. */
export type JoinerState =
  | { readonly stage: 'waiting'; readonly setup: JoinerSetup }
  | (Begun & {
      readonly stage: 'committed'
      readonly start: HandshakeStart
      readonly commit: HandshakeCommit
      readonly ours: HandshakeShare
      readonly drawn: Drawn
    })
  | (Begun & { readonly stage: 'shared'; readonly ours: HandshakeShare; readonly theirs: HandshakeShare; readonly agreed: Agreed })
  | (Over & { readonly setup: JoinerSetup })

type At<S extends JoinerState['stage']> = JoinerState & { readonly stage: S }

/** Waits for a customer (RA-SEC-002). Throws `E_FORMAT` if the setup is not within the limits of the messages. */
export function beginJoiner(setup: JoinerSetup): HandshakeStep<JoinerState> {
  checkOwn(setup.context, ownShare(setup, new Uint8Array(SHARE_BYTES)))
  return { state: { stage: 'waiting', setup }, output: [] }
}

/**
 * The next state. Never throws, whatever arrives. A start begins anew, whatever came before (RA-SEC-006); before the first one, and after a failure, nothing
 * else is answered. A secret that is withdrawn proves nothing any more (RA-SEC-069); what was secured by it stays.
 */
export function stepJoiner(state: JoinerState, event: JoinerEvent): HandshakeStep<JoinerState> {
  const { setup } = state
  if (event.type === 'start') return commit(setup, event)
  if (state.stage === 'failed') return { state, output: [] }
  const tries = 'tries' in state ? state.tries : undefined
  if (event.type !== 'received' && state.stage === 'secured') return { state, output: [] }
  if (event.type === 'malformed') return failed(setup, 'FORMAT', tries)
  if (event.type === 'withdrawn') return failed(setup, 'WRONG_SECRET', tries === undefined ? undefined : 0)
  if (event.type === 'timeout') return over(setup, state.stage === 'waiting' ? failSilently('TIMEOUT', tries) : fail('TIMEOUT', tries))
  if (state.stage === 'waiting') return { state, output: [] }
  const { message } = event
  if (message.$case === 'failure') return over(setup, failedByCounterpart(message.value, tries))
  if (state.stage === 'committed' && message.$case === 'share') return reveal(state, message.value)
  if (state.stage === 'shared' && message.$case === 'confirm') return check(state, message.value)
  return failed(setup, 'UNEXPECTED', tries)
}

/** Binds itself to a share that it does not show yet. */
function commit(setup: JoinerSetup, { start, random, secrets, attemptsLeft }: JoinerStartEvent): HandshakeStep<JoinerState> {
  const tries = triesOf(start.passwordClass, attemptsLeft)
  const fault = startFault(setup, start)
  if (fault !== undefined) return failed(setup, fault, tries)
  const secret = secretNamed(secrets, start.passwordClass, start.secretId)
  if (secret === undefined) return failed(setup, 'WRONG_SECRET', tries)
  if (start.passwordClass === PASSWORD_CLASS.PIN && (tries ?? 0) < 1) return failed(setup, 'ATTEMPTS', tries)
  const drawn = draw(random)
  const ours = ownShare(setup, shareOf(setup.context, start, drawn.nonce, secret.password, drawn.scalar))
  const value = { nonce: drawn.nonce, commitment: commitmentTo(ours) }
  return {
    state: { stage: 'committed', setup, tries, start, commit: value, ours, drawn },
    output: [{ type: 'send', message: { $case: 'commit', value } }],
  }
}

function startFault({ accepts }: JoinerSetup, start: HandshakeStart): Fault | undefined {
  if (start.suite !== CPACE_SUITE) return 'SUITE'
  if (!accepts.some(accepted => accepted === start.passwordClass)) return 'CLASS'
  return isStart(start) ? undefined : 'FORMAT'
}

/** The customer showed its share: this end may show the one that it is bound to, and a PIN's try is gone. */
function reveal({ setup, tries, start, commit, ours, drawn }: At<'committed'>, theirs: HandshakeShare): HandshakeStep<JoinerState> {
  const fault = shareFault(ours, theirs, ROLE.CUSTOMER)
  if (fault !== undefined) return failed(setup, fault, tries)
  const agreed = agree({ context: setup.context, start, commit, customer: theirs, joiner: ours }, drawn.scalar, theirs)
  if (agreed === undefined) return failed(setup, 'POINT', tries)
  return { state: { stage: 'shared', setup, tries: spend(tries), ours, theirs, agreed }, output: release(ours, tries) }
}

/** The customer's proofs. This end answers with its own. */
function check({ setup, tries, ours, theirs, agreed }: At<'shared'>, confirm: HandshakeConfirm): HandshakeStep<JoinerState> {
  const fault = confirmFault(confirm, theirs, agreed, agreed.tags.initiator)
  if (fault !== undefined) return failed(setup, fault, tries)
  const answer: HandshakeOutput = { type: 'send', message: confirmMessage(setup.self, ours, agreed, agreed.tags.responder) }
  return { state: { stage: 'secured', setup }, output: [answer, securedBy('joiner', agreed, ours, theirs)] }
}

const failed = (setup: JoinerSetup, fault: Fault, tries: Tries): HandshakeStep<JoinerState> => over(setup, fail(fault, tries))

/** The exchange is over; the joiner keeps what it needs for the next one. */
const over = (setup: JoinerSetup, { state, output }: HandshakeStep<Over>): HandshakeStep<JoinerState> => ({ state: { ...state, setup }, output })

const ownShare = ({ context, self }: JoinerSetup, share: Uint8Array): HandshakeShare => shareMessage(self, share, context.joinerRole)
