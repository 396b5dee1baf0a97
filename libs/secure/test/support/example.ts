import {
  beginCustomer,
  beginJoiner,
  type Context,
  type HandshakeStep,
  makePin,
  PASSWORD_CLASS,
  pinSecret,
  policyHash,
  ROLE,
  sessionKey,
  stepCustomer,
  stepJoiner,
} from '@remote-assist/secure'

const random = (count: number) => crypto.getRandomValues(new Uint8Array(count))
const context: Context = { sessionId: random(16), customer: 2, joiner: 1, joinerRole: ROLE.AGENT }
const self = () => ({
  key: sessionKey(random(32)),
  credential: '',
  policyHash: policyHash(undefined),
  version: { minMinor: 0, maxMinor: 0 },
  capabilities: [],
})

/** The words that both see if the customer typed the agent's PIN; else why there are none. */
export function meet(typed: string, told = '973015'): string {
  const secret = pinSecret(makePin('4821', typed))
  const secrets = [pinSecret(makePin('4821', told))]
  let customer = beginCustomer({ context, self: self(), secret, attemptsLeft: 3 }, random(96))
  let agent = beginJoiner({ context, self: self(), accepts: [PASSWORD_CLASS.PIN] })
  for (;;) {
    // What the customer says goes to the agent, what the agent says to the customer, until one has nothing more to say.
    const said = sentBy(customer)
    if (said === undefined) break
    agent =
      said.$case === 'start'
        ? stepJoiner(agent.state, { type: 'start', start: said.value, random: random(96), secrets, attemptsLeft: 3 })
        : stepJoiner(agent.state, { type: 'received', message: said })
    const answer = sentBy(agent)
    if (answer === undefined) break
    customer = stepCustomer(customer.state, { type: 'received', message: answer })
  }
  const end = customer.output.at(-1)
  return end?.type === 'secured'
    ? end.secured.words.join(' ')
    : end?.type === 'failed'
      ? `${end.failed.code}, ${end.failed.attemptsLeft} tries left`
      : 'not over'
}

const sentBy = ({ output }: HandshakeStep<unknown>) => output.flatMap(one => (one.type === 'send' ? [one.message] : []))[0]
