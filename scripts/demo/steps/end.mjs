import { proveSame, seeing } from '../prove.mjs'
import { sessionAtBroker } from './begin.mjs'
import { takeControl, typeLine } from './see-and-type.mjs'

/** The line of one side is torn; everything works afterwards. */
const torn = (name, title, lineOf, witnessOf) => ({
  name,
  title,
  async run(world, signal) {
    const { session, desktop, eyes } = world
    const witness = witnessOf(world)
    const back = witness.once('phase', { which: phase => phase === 'active', signal })
    lineOf(world).tear()
    const began = performance.now()
    await back
    const awayMs = performance.now() - began
    await session.screens.show(session.screens.current?.screenId ?? session.screens.next(), { signal })
    const change = await desktop.repaint()
    await eyes.until(await desktop.truth(0), signal)
    await takeControl(world, signal)
    const text = await typeLine(world, signal)
    return `resumed after ${Math.round(awayMs)} ms; then a frame (${change}) and a line (“${text}”) came through`
  },
})

/** @type {import('../run.mjs').Step[]} */
export const end = [
  torn(
    'resume-customer',
    'The customer’s line drops, and resumes',
    world => world.customerLine,
    world => world.session,
  ),
  torn(
    'resume-agent',
    'The agent’s line drops, and resumes',
    world => world.agentLine,
    world => world.session,
  ),
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
