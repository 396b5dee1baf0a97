import { randomBytes } from 'node:crypto'
import {
  beginCustomer,
  beginJoiner,
  HANDSHAKE_RANDOM_BYTES,
  type HandshakeKind,
  type HandshakeOutput,
  PASSWORD_CLASS,
  ROLE,
  type Secret,
  type Self,
  sessionKey,
  stepCustomer,
  stepJoiner,
} from '@remote-assist/secure'

/** CPU time of each side, in milliseconds. */
export interface Spent {
  customer: number
  joiner: number
}

const SESSION_ID = randomBytes(16)
const POLICY_HASH = randomBytes(32)
const CONTEXT = { sessionId: SESSION_ID, customer: 2, joiner: 1, joinerRole: ROLE.AGENT } as const

/** A PIN, as it is typed. */
export const pin = (): Secret => ({ passwordClass: PASSWORD_CLASS.PIN, name: new Uint8Array(), password: Buffer.from('973015') })
/** What both ends kept for a return. */
export const resume = (): Secret => ({ passwordClass: PASSWORD_CLASS.RESUME, name: randomBytes(16), password: randomBytes(32) })

/** One whole exchange between the machines of both sides. Throws unless both come to a key. */
export function exchange(secret: Secret, spent: Spent): void {
  const work = <T>(side: keyof Spent, does: () => T): T => {
    const before = process.cpuUsage()
    const result = does()
    const { user, system } = process.cpuUsage(before)
    spent[side] += (user + system) / 1000
    return result
  }
  let customer = work('customer', () => beginCustomer({ context: CONTEXT, self: self(), secret, attemptsLeft: 3 }, randomBytes(HANDSHAKE_RANDOM_BYTES)))
  let joiner = work('joiner', () => beginJoiner({ context: CONTEXT, self: self(), accepts: [PASSWORD_CLASS.PIN, PASSWORD_CLASS.RESUME] }))
  for (;;) {
    const [toJoiner] = said(customer.output)
    if (toJoiner === undefined) break
    joiner = work('joiner', () =>
      toJoiner.$case === 'start'
        ? stepJoiner(joiner.state, { type: 'start', start: toJoiner.value, random: randomBytes(HANDSHAKE_RANDOM_BYTES), secrets: [secret], attemptsLeft: 3 })
        : stepJoiner(joiner.state, { type: 'received', message: toJoiner }),
    )
    const [toCustomer] = said(joiner.output)
    if (toCustomer === undefined) break
    customer = work('customer', () => stepCustomer(customer.state, { type: 'received', message: toCustomer }))
  }
  if (customer.state.stage !== 'secured' || joiner.state.stage !== 'secured')
    throw new Error(`The handshake ended ${customer.state.stage}, ${joiner.state.stage}.`)
}

const said = (output: readonly HandshakeOutput[]): readonly HandshakeKind[] => output.flatMap(one => (one.type === 'send' ? [one.message] : []))

const self = (): Self => ({
  key: sessionKey(randomBytes(32)),
  credential: '',
  policyHash: POLICY_HASH,
  version: { minMinor: 0, maxMinor: 0 },
  capabilities: [],
})
