import { Phase } from '@remote-assist/codec'
import { proveSame, seeing } from '../prove.mjs'
import { sessionAtBroker } from './begin.mjs'
import { takeControl, typeLine } from './see-and-type.mjs'

/** The line of one side is torn; the other side sees it come back, and everything works afterwards. */
const torn = (name, title, lineOf, seenBack) => ({
  name,
  title,
  async run(world, signal) {
    const { desktop, eyes } = world
    const back = seenBack(world, signal)
    const began = performance.now()
    lineOf(world).tear()
    await back
    const awayMs = Math.round(performance.now() - began)
    const change = await desktop.repaint()
    await eyes.until(await desktop.truth(0), signal)
    await takeControl(world, signal)
    const text = await typeLine(world, signal)
    return `the other side saw it back after ${awayMs} ms; then a frame (${change}) and a line (“${text}”) came through`
  },
})

/** The agent sees the customer go and return. */
const agentSeesCustomer = async ({ session }, signal) => {
  await session.once('phase', { which: phase => phase === 'suspended', signal })
  await session.once('phase', { which: phase => phase === 'active', signal })
}

/** The customer sees the agent go and return. */
const customerSeesAgent = async ({ customer, session: { self } }, signal) => {
  const stands = wanted => people => people.some(({ participant, phase }) => participant === self && phase === wanted)
  await customer.once('participants', { which: stands(Phase.SUSPENDED), signal })
  await customer.once('participants', { which: stands(Phase.ACTIVE), signal })
}

/** @type {import('../run.mjs').Step[]} */
export const end = [
  torn('resume-customer', 'The customer’s line drops, and resumes', ({ customerLine }) => customerLine, agentSeesCustomer),
  torn('resume-agent', 'The agent’s line drops, and resumes', ({ agentLine }) => agentLine, customerSeesAgent),
  {
    name: 'leave',
    title: 'The agent leaves, and the session is over',
    async run({ agent, session, customer, brokerUrl }, signal) {
      const { sessionId } = agent
      const ended = customer.once('ended', { signal })
      session.leave()
      const { code } = await ended
      proveSame(code, 'E_ENDED', 'What the customer is told')
      const { state } = await seeing(
        () => sessionAtBroker(brokerUrl, sessionId),
        ({ state }) => state === 'SESSION_STATE_CLOSED',
        signal,
        'The session at the broker',
      )
      return `the customer was told ${code}; at the broker the session is ${state}`
    },
  },
]
