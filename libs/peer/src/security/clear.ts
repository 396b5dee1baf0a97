/**
 * The security of this release: secrets are proven, payloads are NOT sealed. Whoever operates the broker can read and change what it relays.
 *
 * The handshake has the flow and the messages of the final one (RA-SEC-001 to 003), with HMAC-SHA-256 over the transcript where the key agreement will
 * be: a wrong PIN or invitation fails, and so does a return without the secret that both ends kept. A recorded handshake allows guesses at a PIN
 * offline; the key agreement that replaces this file does not.
 */
import { CloseCode, type HandshakeMessage, type HandshakeShare, type HandshakeStart, PasswordClass, Role } from '@remote-assist/codec'
import { type Random, systemRandom } from '../random.js'
import type { Secrets } from './secrets.js'
import type { Counterpart, ExchangeEvents, PeerSecurity, Secret, Security } from './security.js'
import { hmac, lengthValued, policyForm, sameBytes, sha256, shareFields } from './transcript.js'

/** The suite's name: it says what it is. */
export const CLEAR_SUITE = 'CLEAR-HMAC-SHA256'

/** A secret that both ends keep for a return. */
interface Kept {
  readonly name: Uint8Array
  readonly bytes: Uint8Array
}

/** An exchange broke the rules, or came to nothing. */
class Failed extends Error {
  constructor(
    readonly code: CloseCode,
    readonly attemptsLeft?: number,
  ) {
    super(CloseCode[code])
  }
}

/** Proves secrets and leaves payloads as they are. */
export function clearSecurity(secrets: Secrets, random: Random = systemRandom): Security {
  const kept = new Map<number, readonly Kept[]>()
  return {
    secure: (counterpart, events) => new ClearExchange(counterpart, events, secrets, random, kept),
    seal: (_header, plaintext) => plaintext,
    open: ({ source }, payload) => {
      // Whoever speaks under the newest keys knows their secret: the ones before are of no more use.
      const [newest, ...older] = kept.get(source) ?? []
      if (newest !== undefined && older.length > 0) kept.set(source, [newest])
      return payload
    },
    forget: participant => void kept.delete(participant),
  }
}

/** Secrets kept for one counterpart: as many handshakes in a row may end without its knowing. */
const MAX_KEPT = 8

type Kind = NonNullable<HandshakeMessage['kind']>
type Stage = 'idle' | 'started' | 'committed' | 'shared' | 'confirming' | 'secured' | 'over'

/** What has been said so far. */
interface Said {
  readonly start: HandshakeStart
  readonly secret: Secret
  readonly nonce?: Uint8Array
  readonly commitment?: Uint8Array
  readonly ours?: HandshakeShare
  readonly theirs?: HandshakeShare
}

class ClearExchange implements PeerSecurity {
  #stage: Stage = 'idle'
  #said: Said | undefined

  constructor(
    readonly counterpart: Counterpart,
    readonly events: ExchangeEvents,
    readonly secrets: Secrets,
    readonly random: Random,
    readonly kept: Map<number, readonly Kept[]>,
  ) {}

  get secured(): boolean {
    return this.#stage === 'secured'
  }

  get #isCustomer(): boolean {
    return this.counterpart.role === Role.CUSTOMER
  }

  start(): void {
    if (!this.#isCustomer) return
    const { participant } = this.counterpart
    const back = this.kept.get(participant)?.[0]
    const secret = back === undefined ? this.secrets.offer(participant) : { passwordClass: PasswordClass.RESUME, ...back }
    if (secret === undefined) return this.#end({ code: CloseCode.WRONG_SECRET })
    const start: HandshakeStart = { nonce: this.random.bytes(32), passwordClass: secret.passwordClass, suite: CLEAR_SUITE, secretId: secret.name }
    this.#said = { start, secret }
    this.#stage = 'started'
    this.#send({ $case: 'start', value: start })
  }

  async receive({ kind }: HandshakeMessage): Promise<void> {
    if (kind === undefined) return
    if (kind.$case === 'failure')
      return this.#stage === 'over' || this.secured ? undefined : this.#end({ code: kind.value.code, attemptsLeft: kind.value.attemptsLeft })
    if (this.#stage === 'over' && kind.$case !== 'start') return
    try {
      await this.#step(kind)
    } catch (error) {
      if (!(error instanceof Failed)) throw error
      const { code, attemptsLeft } = error
      this.#send({ $case: 'failure', value: { code, attemptsLeft: attemptsLeft ?? 0 } })
      this.#end(attemptsLeft === undefined ? { code } : { code, attemptsLeft })
    }
  }

  #step(kind: Kind): Promise<void> {
    const wanted = this.#isCustomer ? { started: 'commit', shared: 'share', confirming: 'confirm' } : { committed: 'share', shared: 'confirm' }
    if (kind.$case === 'start' && !this.#isCustomer) return this.#commit(kind.value)
    if ((wanted as { readonly [S in Stage]?: string })[this.#stage] !== kind.$case) throw new Failed(CloseCode.HANDSHAKE)
    switch (kind.$case) {
      case 'commit':
        return this.#share({ nonce: kind.value.nonce, commitment: kind.value.commitment })
      case 'share':
        return this.#isCustomer ? this.#confirm(kind.value) : this.#reveal(kind.value)
      case 'confirm':
        return this.#check(kind.value.tag)
      default:
        throw new Failed(CloseCode.HANDSHAKE)
    }
  }

  /** Joiner: commits to a share that it does not show yet. */
  async #commit(start: HandshakeStart): Promise<void> {
    if (start.suite !== CLEAR_SUITE) throw new Failed(CloseCode.INCOMPATIBLE)
    const secret = this.#find(start)
    const ours = await this.#ownShare()
    const nonce = this.random.bytes(32)
    const commitment = await sha256(lengthValued('RA1-commit', ...shareFields(ours)))
    this.#said = { start, secret, nonce, commitment, ours }
    this.#stage = 'committed'
    this.#send({ $case: 'commit', value: { nonce, commitment } })
  }

  #find({ passwordClass, secretId }: HandshakeStart): Secret {
    if (passwordClass === PasswordClass.RESUME) {
      const back = this.kept.get(this.counterpart.participant)?.find(it => sameBytes(it.name, secretId))
      if (back === undefined) throw new Failed(CloseCode.WRONG_SECRET)
      return { passwordClass, ...back }
    }
    const found = this.secrets.find(passwordClass, secretId)
    if (typeof found === 'number') throw new Failed(found, found === CloseCode.ATTEMPTS ? 0 : undefined)
    return found
  }

  /** Customer: shows its share, now that the joiner is bound to its own. */
  async #share(commit: { readonly nonce: Uint8Array; readonly commitment: Uint8Array }): Promise<void> {
    const ours = await this.#ownShare()
    this.#said = { ...this.#now(), ...commit, ours }
    this.#stage = 'shared'
    this.#send({ $case: 'share', value: ours })
  }

  /** Joiner: shows the share that it is bound to. */
  async #reveal(theirs: HandshakeShare): Promise<void> {
    await this.#judge(theirs)
    const { ours } = this.#now()
    this.#said = { ...this.#now(), theirs }
    this.#stage = 'shared'
    this.#send({ $case: 'share', value: ours as HandshakeShare })
  }

  /** Customer: proves the secret first. */
  async #confirm(theirs: HandshakeShare): Promise<void> {
    await this.#judge(theirs)
    if (!sameBytes(await sha256(lengthValued('RA1-commit', ...shareFields(theirs))), this.#now().commitment ?? theirs.share))
      throw new Failed(CloseCode.HANDSHAKE)
    this.#said = { ...this.#now(), theirs }
    this.#stage = 'confirming'
    this.#send({ $case: 'confirm', value: { tag: await this.#tag('customer') } })
  }

  /** The other's proof. The joiner answers with its own. */
  async #check(tag: Uint8Array): Promise<void> {
    const { secret } = this.#now()
    if (!sameBytes(tag, await this.#tag(this.#isCustomer ? 'joiner' : 'customer'))) throw new Failed(CloseCode.WRONG_SECRET, this.secrets.missed(secret))
    const answer = this.#isCustomer ? undefined : await this.#tag('joiner')
    await this.#keep()
    this.#stage = 'secured'
    if (answer !== undefined) this.#send({ $case: 'confirm', value: { tag: answer } })
    this.events.secured()
  }

  /** Keeps a new secret for a return, and those before it until a record opens: the counterpart may not have got as far, more than once. */
  async #keep(): Promise<void> {
    const bytes = await this.#derive('RA1-resume')
    const name = (await sha256(bytes)).slice(0, 16)
    const { participant } = this.counterpart
    this.kept.set(participant, [{ name, bytes }, ...(this.kept.get(participant) ?? []).slice(0, MAX_KEPT - 1)])
  }

  async #judge(theirs: HandshakeShare): Promise<void> {
    const ours = this.#isCustomer ? this.#now().ours : undefined
    const policyHash = ours?.policyHash ?? (await sha256(policyForm(this.counterpart.policy)))
    if (!sameBytes(theirs.policyHash, policyHash)) throw new Failed(CloseCode.HANDSHAKE)
    if ((theirs.role === Role.CUSTOMER) === this.#isCustomer) throw new Failed(CloseCode.HANDSHAKE)
    if ((theirs.version?.minMinor ?? 0) > 0) throw new Failed(CloseCode.INCOMPATIBLE)
  }

  async #ownShare(): Promise<HandshakeShare> {
    const { role, policy } = this.counterpart
    return {
      share: this.random.bytes(32),
      publicKey: this.random.bytes(32),
      credential: '',
      policyHash: await sha256(policyForm(policy)),
      version: { minMinor: 0, maxMinor: 0 },
      capabilities: [],
      role,
    }
  }

  #tag(by: 'customer' | 'joiner'): Promise<Uint8Array> {
    return this.#derive(`RA1-confirm-${by}`)
  }

  async #derive(purpose: string): Promise<Uint8Array> {
    const { start, secret, nonce, commitment, ours, theirs } = this.#now()
    const [customer, joiner] = this.#isCustomer ? [ours, theirs] : [theirs, ours]
    const transcript = lengthValued(
      start.suite,
      start.passwordClass,
      start.secretId,
      this.counterpart.sessionId,
      start.nonce,
      nonce ?? '',
      commitment ?? '',
      ...(customer === undefined ? [] : shareFields(customer)),
      ...(joiner === undefined ? [] : shareFields(joiner)),
    )
    return hmac(secret.bytes, lengthValued(purpose, await sha256(transcript)))
  }

  #now(): Said {
    if (this.#said === undefined) throw new Failed(CloseCode.HANDSHAKE)
    return this.#said
  }

  #send(kind: Kind): void {
    this.events.send({ kind })
  }

  #end({ code, attemptsLeft }: { readonly code: CloseCode; readonly attemptsLeft?: number }): void {
    this.#stage = 'over'
    const counted = code === CloseCode.WRONG_SECRET && this.#said?.secret.passwordClass === PasswordClass.PIN
    this.events.failed({ code, attemptsLeft: counted ? attemptsLeft : undefined })
  }
}
