import { CloseCode, Phase } from '@remote-assist/codec'
import { Role, Viewer } from '@remote-assist/peer'
import { Eyes } from '../eyes.mjs'
import { tamperableLine } from '../line.mjs'
import { prove, proveSame, seeing } from '../prove.mjs'
import { someName, someText } from '../random.mjs'
import { typeLine } from './see-and-type.mjs'

/** @type {import('../run.mjs').Step[]} */
export const watch = [
  {
    name: 'viewer',
    title: 'A viewer is invited, and watches',
    async run(world, signal) {
      const { session, customer, desktop, brokerUrl } = world
      const { url } = await session.invite({ role: 'viewer' })
      const displayName = someName()
      world.viewerLine = tamperableLine(brokerUrl)
      const asked = customer.once('consent', { signal })
      const joined = Viewer.join({ transport: world.viewerLine.transport, url, displayName, signal })
      const request = await asked
      proveSame({ role: request.asker.role, name: request.asker.displayName }, { role: Role.VIEWER, name: displayName }, 'Who asks the customer')
      request.grantAll()
      world.viewer = await joined
      const { screens } = world.viewer
      const eyes = new Eyes(screens)
      if (screens.list.length === 0) await world.viewer.once('screen-list', { signal })
      await screens.show(screens.next(), { signal })
      const change = await desktop.repaint()
      await eyes.until(await desktop.truth(0), signal)
      prove(
        customer.participants.some(it => it.role === Role.VIEWER && it.displayName === displayName),
        'The customer does not see the viewer.',
      )
      return `${displayName} saw it (${change}), and the customer sees ${displayName}`
    },
  },
  {
    name: 'viewer-input',
    title: 'What the viewer types is refused, whatever program it uses',
    async run(world, signal) {
      const { viewer, viewerLine, session, customer, desktop } = world
      const text = someText()
      const customerNumber = session.participants.find(({ role }) => role === Role.CUSTOMER).participant
      const ended = viewer.once('ended', { signal })
      const code = await viewerLine.forgeInput(customerNumber, text)
      proveSame(code, CloseCode.FORBIDDEN_MESSAGE, 'The code with which the broker ended the line')
      await ended
      await seeing(
        () => customer.participants,
        people => !people.some(({ role, phase }) => role === Role.VIEWER && phase === Phase.ACTIVE),
        signal,
        'The viewer is still in the session',
      )
      // What the agent types afterwards arrives behind anything that had been let through.
      await seeing(
        () => session.control.state,
        ({ ours, heldOff }) => ours && !heldOff,
        signal,
        'Control',
      )
      await typeLine(world, signal)
      prove(!(await desktop.typed()).some(line => line.includes(text)), 'The desktop took what the viewer typed.')
      return `the broker ended its line with ${code}; the desktop saw nothing of “${text}”`
    },
  },
]
