import { Agent, Customer, ORDINARY_PERMISSIONS } from '@remote-assist/peer'
import { diskFiles } from '@remote-assist/peer/node'
import { Eyes } from '../eyes.mjs'
import { prove, proveSame } from '../prove.mjs'
import { someName, someText } from '../random.mjs'

/** @type {import('../run.mjs').Step[]} */
export const begin = [
  {
    name: 'create',
    title: 'An agent makes a session',
    async run(world) {
      world.agentName = someName()
      world.reason = someText()
      const files = diskFiles({ folder: world.agentFolder })
      const { agentLine, agentName: displayName, reason, brokerUrl, audit } = world
      world.agent = await Agent.create({ transport: agentLine.transport, brokerUrl, displayName, reason, files, audit })
      world.household.add(() => world.agent.close())
      const { displayName: known, locator, participants } = await world.sessionAtBroker()
      proveSame({ known, participants }, { known: displayName, participants: 1 }, 'The session at the broker')
      prove(world.agent.pin.digits.startsWith(locator) && world.agent.pin.digits.length === locator.length + 6, 'The PIN is not locator and secret.')
      return `the broker has a session of ${displayName} with locator ${locator}; it does not have the other six digits`
    },
  },
  {
    name: 'join',
    title: 'A customer joins by PIN, typed with blanks',
    async run(world, signal) {
      world.customerName = someName()
      const pin = world.agent.pin.grouped.replaceAll('-', '  ')
      const knocked = world.agent.once('customer-joined', { signal })
      world.customer = await Customer.join({
        transport: world.customerLine.transport,
        pin,
        host: world.desktop.host,
        displayName: world.customerName,
        files: diskFiles({ folder: world.customerFolder }),
        audit: world.audit,
        signal,
      })
      world.household.add(() => world.customer.close())
      const { participant } = await knocked
      return `the agent was told that participant ${participant} came with “${pin}”`
    },
  },
  {
    name: 'consent',
    title: 'The customer is asked, and consents',
    async run(world, signal) {
      const { agent, customer } = world
      const granted = agent.customer({ signal })
      const request = await customer.once('consent', { signal })
      proveSame({ name: request.asker.displayName, reason: request.reason }, { name: world.agentName, reason: world.reason }, 'What the customer reads')
      request.grantAll()
      world.session = await granted
      proveSame([...world.session.grants].sort(), [...ORDINARY_PERMISSIONS].sort(), 'What the agent may')
      world.eyes = new Eyes(world.session.screens)
      return `the customer read “${request.asker.displayName}: ${request.reason}”; the agent then held ${world.session.grants.length} permissions`
    },
  },
]

/** Looks at the broker from outside, as a contact center's back end does. */
export const sessionAtBroker = async (brokerUrl, sessionId) => {
  const answer = await fetch(new URL(`/v1/sessions/${sessionId}`, brokerUrl))
  prove(answer.ok, `The broker does not know the session (HTTP ${answer.status}).`)
  return (await answer.json()).session
}
