/** What both machines of a handshake have in common. */
import { sameBytes } from '../bytes.js'
import { SecureError } from '../errors.js'
import type { Derived } from '../schedule.js'
import type { SessionKey } from '../session-key.js'
import { isSignature, sign } from '../signature.js'
import type { Agreed } from './agreement.js'
import { isShare, isTag, minorOf } from './check.js'
import { FAULTS, type Fault, faultCode, type HandshakeFailed } from './faults.js'
import { type Context, proofForm } from './forms.js'
import { type HandshakeConfirm, type HandshakeFailure, type HandshakeKind, type HandshakeShare, PASSWORD_CLASS, type VersionRange } from './messages.js'

/** What an end says of itself; all of it is bound to the key. */
export interface Self {
  /** Its key for this session: the public half is said, and that it has the other is proven. */
  readonly key: SessionKey
  /** Who its organisation says it is, a compact JWS; empty for none. */
  readonly credential: string
  /** `policyHash` of the policy that it was told. */
  readonly policyHash: Uint8Array
  readonly version: VersionRange
  /** Ascending and distinct. */
  readonly capabilities: readonly string[]
}

/** The two secrets of a channel, as this end uses them. 32 bytes each. */
export interface TrafficSecrets {
  readonly channel: number
  readonly send: Uint8Array
  readonly receive: Uint8Array
}

/** What a handshake comes to. Nothing of it is known to anybody else. */
export interface Secured extends Omit<Derived, 'channels'> {
  /** What the counterpart said of itself. */
  readonly counterpart: Omit<HandshakeShare, 'share' | 'policyHash' | 'version'>
  /** The minor version that is spoken from now on. */
  readonly minor: number
  readonly traffic: readonly TrafficSecrets[]
}

/** What an end is to do, in this order. */
export type HandshakeOutput =
  /** A try of the PIN is used up by the message that follows (class PIN alone). */
  | { readonly type: 'spent' }
  | { readonly type: 'send'; readonly message: HandshakeKind }
  | { readonly type: 'secured'; readonly secured: Secured }
  | { readonly type: 'failed'; readonly failed: HandshakeFailed }

/** The next state, and what is to be done. */
export interface HandshakeStep<S> {
  readonly state: S
  readonly output: readonly HandshakeOutput[]
}

/** Nothing comes of an exchange any more. */
export interface Over {
  readonly stage: 'secured' | 'failed'
}

/** The tries of a PIN that an exchange is about; undefined for other classes. */
export type Tries = number | undefined

/** The tries that an exchange of that class is about. */
export const triesOf = (passwordClass: number, attemptsLeft: number): Tries => (passwordClass === PASSWORD_CLASS.PIN ? attemptsLeft : undefined)

/** One try fewer. */
export const spend = (tries: Tries): Tries => (tries === undefined ? undefined : tries - 1)

/** Sends the share. For a PIN that uses up a try, whatever comes after (RA-SEC-060). */
export const release = (share: HandshakeShare, tries: Tries): readonly HandshakeOutput[] => {
  const send: HandshakeOutput = { type: 'send', message: { $case: 'share', value: share } }
  return tries === undefined ? [send] : [{ type: 'spent' }, send]
}

/** What an end says of itself to a counterpart, with its share. */
export const shareMessage = ({ key, ...said }: Self, share: Uint8Array, role: number): HandshakeShare => ({ ...said, publicKey: key.publicKey, share, role })

/** Proves that this end knows the secret, and has the key that it named (RA-SEC-070). */
export const confirmMessage = ({ key }: Self, { role }: HandshakeShare, { transcriptHash }: Agreed, tag: Uint8Array): HandshakeKind => ({
  $case: 'confirm',
  value: { tag, proof: sign(key, proofForm(role, transcriptHash)) },
})

/** What is wrong with the proofs of a counterpart whose tag should be `right`. The tag is looked at first: who does not know the secret learns nothing else. */
export function confirmFault({ tag, proof }: HandshakeConfirm, { publicKey, role }: HandshakeShare, agreed: Agreed, right: Uint8Array): Fault | undefined {
  if (!isTag(tag) || !sameBytes(tag, right)) return 'WRONG_SECRET'
  return isSignature(publicKey, proofForm(role, agreed.transcriptHash), proof) ? undefined : 'PROOF'
}

/** This end gives up and says so. */
export const fail = (cause: Fault, tries: Tries): HandshakeStep<Over> => {
  const failed = { cause, code: FAULTS[cause], attemptsLeft: tries }
  const message: HandshakeKind = { $case: 'failure', value: { code: failed.code, attemptsLeft: tries ?? 0 } }
  return {
    state: { stage: 'failed' },
    output: [
      { type: 'send', message },
      { type: 'failed', failed },
    ],
  }
}

/** This end gives up without a word: nobody spoke to it yet. */
export const failSilently = (cause: Fault, tries: Tries): HandshakeStep<Over> => ({
  state: { stage: 'failed' },
  output: [{ type: 'failed', failed: { cause, code: FAULTS[cause], attemptsLeft: tries } }],
})

/** The counterpart gave up. The tries are the fewer of what the two ends count. */
export const failedByCounterpart = ({ code, attemptsLeft }: HandshakeFailure, tries: Tries): HandshakeStep<Over> => ({
  state: { stage: 'failed' },
  output: [
    {
      type: 'failed',
      failed: { cause: 'COUNTERPART', code: faultCode(code), attemptsLeft: tries === undefined ? undefined : Math.min(tries, Math.max(0, attemptsLeft)) },
    },
  ],
})

/** Both ends know the key: what this end, customer or joiner, takes from it. */
export function securedBy(side: 'customer' | 'joiner', { derived }: Agreed, ours: HandshakeShare, theirs: HandshakeShare): HandshakeOutput {
  const { channels, ...rest } = derived
  const { publicKey, credential, capabilities, role } = theirs
  const traffic = channels.map(({ channel, fromCustomer, fromJoiner }) =>
    side === 'customer' ? { channel, send: fromCustomer, receive: fromJoiner } : { channel, send: fromJoiner, receive: fromCustomer },
  )
  const minor = minorOf(ours.version, theirs.version) ?? 0
  return { type: 'secured', secured: { ...rest, traffic, minor, counterpart: { publicKey, credential, capabilities, role } } }
}

/** Throws `E_FORMAT` unless an end's own data are within their limits: a mistake of the caller. */
export function checkOwn({ sessionId }: Context, share: HandshakeShare): void {
  if (sessionId.length !== 16 || !isShare(share)) throw new SecureError('E_FORMAT', 'What this end says of itself is not within the limits of a handshake.')
}
