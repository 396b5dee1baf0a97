import { decodeHandshake, decodeMessage, encodeHandshake, HandshakeFailure, HandshakeMessage, HandshakeShare } from '@remote-assist/codec'
import {
  beginCustomer,
  beginJoiner,
  type CustomerState,
  type HandshakeKind,
  type HandshakeOutput,
  type HandshakeStep,
  type JoinerState,
  makePin,
  PASSWORD_CLASS,
  pinSecret,
  policyHash,
  ROLE,
  type Secured,
  sessionKey,
  stepCustomer,
  stepJoiner,
} from '@remote-assist/secure'
import { Random } from '../random.js'
import { promise, type Target, toHex } from '../target.js'
import { decoding, type Operation, sameBytes, scriptOf, scripts } from './support.js'
import { vectorsOf } from './vectors.js'

const fixed = new Random(11)
const CONTEXT = { sessionId: fixed.bytes(16), customer: 2, joiner: 1, joinerRole: ROLE.AGENT }
const SELF = { policyHash: policyHash(undefined), version: { minMinor: 0, maxMinor: 2 }, capabilities: ['clipboard-images', 'video-av1'] }
const CUSTOMER = { ...SELF, key: sessionKey(fixed.bytes(32)), credential: '' }
const JOINER = { ...SELF, key: sessionKey(fixed.bytes(32)), credential: 'e30.e30.c2ln' }
const SECRET = pinSecret(makePin('4821', '973015'))
const TRIES = 3
const RANDOM = { customer: fixed.bytes(96), joiner: fixed.bytes(96) }

/** A message on the line, in the bytes of the schema. */
interface Sent {
  readonly to: 'customer' | 'joiner'
  readonly bytes: Uint8Array
}

/** The keys and words, as text to compare; what one sends the other receives. */
const keysOf = ({ traffic, words, audit, resume }: Secured, side: Sent['to']): string =>
  [
    ...traffic.flatMap(({ send, receive }) => (side === 'customer' ? [send, receive] : [receive, send]).map(toHex)),
    ...words,
    toHex(audit),
    toHex(resume.secret),
  ].join()

/** Two ends, and a line between them that does as it likes. */
class Pair {
  readonly line: Sent[] = []
  readonly history: Sent[] = []
  #customer: CustomerState
  #joiner: JoinerState
  readonly #keys = { customer: [] as string[], joiner: [] as string[] }
  /** An end took something for the other's that the other did not say. */
  readonly #deceived = { customer: false, joiner: false }
  #spent = 0
  word = 'open'

  constructor() {
    const begun = beginCustomer({ context: CONTEXT, self: CUSTOMER, secret: SECRET, attemptsLeft: TRIES }, RANDOM.customer)
    this.#customer = begun.state
    this.#joiner = beginJoiner({ context: CONTEXT, self: JOINER, accepts: [PASSWORD_CLASS.PIN] }).state
    this.#take('customer', begun.output)
  }

  /** Hands an end a message, if it decodes as one. `honest`: the other end said just that, to it. */
  deliver(to: Sent['to'], bytes: Uint8Array, honest: boolean): void {
    const decoded = decoding(() => decodeHandshake(bytes))
    if ('refused' in decoded || decoded.value.kind === undefined) return
    const message = decoded.value.kind as HandshakeKind
    if (to === 'customer') {
      const step = stepCustomer(this.#customer, { type: 'received', message })
      if (!honest && step.state !== this.#customer && step.state.stage !== 'failed') this.#deceived.customer = true
      this.#customer = step.state
      this.#take(to, step.output)
      return
    }
    const step = this.#joinerStep(message)
    if (message.$case === 'start') this.#deceived.joiner = false
    if (!honest && step.state !== this.#joiner && step.state.stage !== 'failed') this.#deceived.joiner = true
    this.#joiner = step.state
    this.#take(to, step.output)
  }

  timeout(side: Sent['to']): void {
    if (side === 'customer') {
      const { state, output } = stepCustomer(this.#customer, { type: 'timeout' })
      this.#customer = state
      this.#take(side, output)
      return
    }
    const { state, output } = stepJoiner(this.#joiner, { type: 'timeout' })
    this.#joiner = state
    this.#take(side, output)
  }

  #joinerStep(message: HandshakeKind): HandshakeStep<JoinerState> {
    return message.$case === 'start'
      ? stepJoiner(this.#joiner, { type: 'start', start: message.value, random: RANDOM.joiner, secrets: [SECRET], attemptsLeft: TRIES })
      : stepJoiner(this.#joiner, { type: 'received', message })
  }

  #take(from: Sent['to'], output: readonly HandshakeOutput[]): void {
    promise(output.length <= 3, 'one message makes an end do more than three things')
    for (const one of output) {
      if (one.type === 'send') this.line.push({ to: from === 'customer' ? 'joiner' : 'customer', bytes: encodeHandshake({ kind: one.message }) })
      else if (one.type === 'failed') this.word = `${from} ${one.failed.cause}`
      else if (one.type === 'spent') promise(from === 'joiner' || ++this.#spent === 1, 'a customer spends two tries on one exchange')
      else this.#secured(from, one.secured)
    }
  }

  #secured(side: Sent['to'], secured: Secured): void {
    promise(!this.#deceived.customer && !this.#deceived.joiner, `the ${side} is secured, though one was told what the other did not say`)
    this.#keys[side].push(keysOf(secured, side))
    if (side === 'customer') promise(this.#keys.joiner.includes(this.#keys.customer[0] ?? ''), 'a customer has keys that no joiner has')
    this.word = 'secured'
  }
}

const DO = { next: 0, changed: 1, again: 2, dropped: 3, timeout: 4, elsewhere: 5, cut: 6, strange: 7 } as const
const KINDS = Object.keys(DO).length
const MOST = 16
/** A handshake has five messages; with what came between, so many settle it. */
const REST = 12

/** Messages of other exchanges: the codec's vectors. */
let strange: readonly Uint8Array[] | undefined
const strangeAt = (index: number): Uint8Array => {
  strange ??= [
    ...vectorsOf(HandshakeMessage.$type),
    ...vectorsOf(HandshakeFailure.$type).map(bytes => encodeHandshake({ kind: { $case: 'failure', value: decodeMessage(HandshakeFailure, bytes) } })),
    ...vectorsOf(HandshakeShare.$type).map(bytes => encodeHandshake({ kind: { $case: 'share', value: decodeMessage(HandshakeShare, bytes) } })),
  ]
  return strange[index % strange.length] ?? new Uint8Array()
}

function perform(pair: Pair, { kind, a, b, c }: Operation): void {
  if (kind === DO.strange) return pair.deliver(b % 2 === 0 ? 'customer' : 'joiner', strangeAt(a), false)
  if (kind === DO.timeout) return pair.timeout(a % 2 === 0 ? 'customer' : 'joiner')
  if (kind === DO.again || kind === DO.elsewhere) {
    const before = pair.history[a % Math.max(1, pair.history.length)]
    if (before === undefined) return
    const back = before.to === 'customer' ? 'joiner' : 'customer'
    // Said again, to whom it was said; or to whoever said it.
    return kind === DO.again ? pair.deliver(before.to, before.bytes, true) : pair.deliver(back, before.bytes, false)
  }
  const next = pair.line.shift()
  if (next === undefined) return
  pair.history.push(next)
  const { to, bytes } = next
  if (kind === DO.next) pair.deliver(to, bytes, true)
  else if (kind === DO.cut) pair.deliver(to, bytes.subarray(0, bytes.length - 1 - (a % bytes.length)), false)
  else if (kind === DO.changed) {
    const place = (256 * a + b) % bytes.length
    const changed = bytes.with(place, (bytes[place] ?? 0) ^ c)
    const read = decoding(() => encodeHandshake(decodeHandshake(changed)))
    pair.deliver(to, changed, 'value' in read && sameBytes(read.value, bytes))
  }
}

/** The handshake machines of a customer and a joiner, with a hostile line between them. */
export const handshake: Target = {
  name: 'handshake',
  title: 'whatever the line does, no machine throws, and who is secured shares its keys with an end that said and heard the same',
  seeds: () => [
    new Uint8Array(),
    ...Object.values(DO).flatMap(kind => [0, 1, 2, 3, 4].map(place => Uint8Array.from([...Array(4 * place).fill(0), kind, 0, 40, 1]))),
  ],
  grammar: () => scripts(KINDS, MOST),
  maxBytes: 4 * MOST,
  run: input => {
    const pair = new Pair()
    for (const operation of scriptOf(input, KINDS, MOST)) perform(pair, operation)
    for (let i = 0; i < REST; i++) perform(pair, { kind: DO.next, a: 0, b: 0, c: 0 })
    return pair.word
  },
}
