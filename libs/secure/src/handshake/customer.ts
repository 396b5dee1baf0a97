/** The customer's side of a handshake: it begins, sends its share once the joiner is bound to its own, and proves the secret first. */
import { sameBytes } from '../bytes.js'
import { CPACE_SUITE, SHARE_BYTES } from '../cpace.js'
import { type Agreed, agree, type Drawn, draw, shareOf } from './agreement.js'
import { isCommit, shareFault } from './check.js'
import { type Context, commitmentTo } from './forms.js'
import {
  checkOwn,
  confirmFault,
  confirmMessage,
  fail,
  failedByCounterpart,
  failSilently,
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
import { type HandshakeCommit, type HandshakeConfirm, type HandshakeKind, type HandshakeShare, type HandshakeStart, ROLE } from './messages.js'
import type { Secret } from './secret.js'

/** What a customer begins an exchange with. */
export interface CustomerSetup {
  readonly context: Context
  readonly self: Self
  /** What this joiner should know. */
  readonly secret: Secret
  /** PIN: tries left before this one, 0–3. Other classes: not looked at. */
  readonly attemptsLeft: number
}

/** What happens to a customer. */
export type CustomerEvent =
  | { readonly type: 'received'; readonly message: HandshakeKind }
  /** What came is no message, or a field of it is outside its limits. */
  | { readonly type: 'malformed' }
  | { readonly type: 'timeout' }

interface Begun {
  readonly context: Context
  readonly start: HandshakeStart
  readonly tries: Tries
}

/** Where an exchange stands. Plain data that is never changed; whoever keeps an old one keeps its secrets. */
export type CustomerState =
  | (Begun & { readonly stage: 'started'; readonly setup: CustomerSetup; readonly drawn: Drawn })
  | (Begun & { readonly stage: 'shared'; readonly self: Self; readonly commit: HandshakeCommit; readonly ours: HandshakeShare; readonly drawn: Drawn })
  | (Begun & { readonly stage: 'confirming'; readonly ours: HandshakeShare; readonly theirs: HandshakeShare; readonly agreed: Agreed })
  | Over

type At<S extends CustomerState['stage']> = CustomerState & { readonly stage: S }

/**
 * Begins an exchange (RA-SEC-001). `random`: 96 bytes, used for nothing else. A PIN without tries fails at once, and nothing is sent.
 * Throws `E_FORMAT` if the setup is not within the limits of the messages.
 */
export function beginCustomer(setup: CustomerSetup, random: Uint8Array): HandshakeStep<CustomerState> {
  const { context, secret } = setup
  checkOwn(context, ownShare(setup, new Uint8Array(SHARE_BYTES)))
  const tries = triesOf(secret.passwordClass, setup.attemptsLeft)
  if (tries !== undefined && tries < 1) return failSilently('ATTEMPTS', 0)
  const drawn = draw(random)
  const start = { nonce: drawn.nonce, passwordClass: secret.passwordClass, suite: CPACE_SUITE, secretId: secret.name }
  return { state: { stage: 'started', context, start, tries, setup, drawn }, output: [{ type: 'send', message: { $case: 'start', value: start } }] }
}

/** The next state. Never throws, whatever arrives; after a failure nothing happens any more. */
export function stepCustomer(state: CustomerState, event: CustomerEvent): HandshakeStep<CustomerState> {
  if (state.stage === 'failed') return { state, output: [] }
  const tries = 'tries' in state ? state.tries : undefined
  if (event.type !== 'received') return state.stage === 'secured' ? { state, output: [] } : fail(event.type === 'timeout' ? 'TIMEOUT' : 'FORMAT', tries)
  const { message } = event
  if (message.$case === 'failure') return failedByCounterpart(message.value, tries)
  if (state.stage === 'started' && message.$case === 'commit') return share(state, message.value)
  if (state.stage === 'shared' && message.$case === 'share') return confirm(state, message.value)
  if (state.stage === 'confirming' && message.$case === 'confirm') return check(state, message.value)
  return fail('UNEXPECTED', tries)
}

/** The joiner is bound: this end may show its share, and a PIN's try is gone. */
function share({ context, start, tries, setup, drawn }: At<'started'>, commit: HandshakeCommit): HandshakeStep<CustomerState> {
  if (!isCommit(commit)) return fail('FORMAT', tries)
  if (sameBytes(commit.nonce, start.nonce)) return fail('REFLECTED', tries)
  const { self, secret } = setup
  const ours = ownShare(setup, shareOf(context, start, commit.nonce, secret.password, drawn.scalar))
  return { state: { stage: 'shared', context, start, tries: spend(tries), self, commit, ours, drawn }, output: release(ours, tries) }
}

/** The joiner showed what it was bound to: this end proves the secret. */
function confirm({ context, start, tries, self, commit, ours, drawn }: At<'shared'>, theirs: HandshakeShare): HandshakeStep<CustomerState> {
  const fault = shareFault(ours, theirs, context.joinerRole)
  if (fault !== undefined) return fail(fault, tries)
  if (!sameBytes(commitmentTo(theirs), commit.commitment)) return fail('COMMITMENT', tries)
  const agreed = agree({ context, start, commit, customer: ours, joiner: theirs }, drawn.scalar, theirs)
  if (agreed === undefined) return fail('POINT', tries)
  return {
    state: { stage: 'confirming', context, start, tries, ours, theirs, agreed },
    output: [{ type: 'send', message: confirmMessage(self, ours, agreed, agreed.tags.initiator) }],
  }
}

/** The joiner's proofs. */
function check({ tries, ours, theirs, agreed }: At<'confirming'>, confirm: HandshakeConfirm): HandshakeStep<CustomerState> {
  const fault = confirmFault(confirm, theirs, agreed, agreed.tags.responder)
  if (fault !== undefined) return fail(fault, tries)
  return { state: { stage: 'secured' }, output: [securedBy('customer', agreed, ours, theirs)] }
}

const ownShare = ({ self }: CustomerSetup, share: Uint8Array): HandshakeShare => shareMessage(self, share, ROLE.CUSTOMER)
