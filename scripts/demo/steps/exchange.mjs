import { digestsOf, makeFiles } from '../files.mjs'
import { prove, proveSame, seeing } from '../prove.mjs'
import { someText } from '../random.mjs'

/** @type {import('../run.mjs').Step[]} */
export const exchange = [
  {
    name: 'clipboard-to-customer',
    title: 'The agent copies, the customer pastes',
    async run({ session, desktop }, signal) {
      const text = someText()
      await switchOn(session, 'toCustomer', signal)
      session.clipboard.offer(text)
      await seeing(
        () => desktop.clipboard(),
        pasted => pasted === text,
        signal,
        `A paste gave something else than “${text}”`,
      )
      return `a paste on the customer’s desktop gave “${text}”`
    },
  },
  {
    name: 'clipboard-from-customer',
    title: 'The customer copies, the agent pastes',
    async run({ session, desktop }, signal) {
      await switchOn(session, 'fromCustomer', signal)
      const offered = session.once('clipboard', { which: formats => formats.length > 0, signal })
      const text = await desktop.copy()
      await offered
      proveSame(await session.clipboard.read(), text, 'What the agent pasted')
      return `the agent read “${text}”`
    },
  },
  {
    name: 'files-to-customer',
    title: 'The agent sends a file and a folder',
    async run({ session, customer, household, customerFolder }, signal) {
      const source = household.folder()
      const paths = makeFiles(source)
      const offered = customer.once('file', { signal })
      const sending = session.files.send(paths)
      await (await offered).offer.accept().done
      await sending.done
      return sameFiles(source, customerFolder)
    },
  },
  {
    name: 'files-from-customer',
    title: 'The customer sends a file and a folder',
    async run({ session, customer, household, agentFolder }, signal) {
      const source = household.folder()
      const paths = makeFiles(source)
      const offered = session.once('file', { signal })
      const sending = customer.files(session.self).send(paths)
      await (await offered).accept().done
      await sending.done
      return sameFiles(source, agentFolder)
    },
  },
]

async function switchOn(session, direction, signal) {
  const switched = session.once('clipboard-sync', { which: it => it.direction === direction, signal })
  session.clipboard.sync({ [direction]: true })
  const { on, refused } = await switched
  prove(on, `The clipboard was not switched on: ${refused?.message}`)
}

/** What arrived has the digests of what was sent, and nothing else arrived. */
function sameFiles(source, folder) {
  const sent = digestsOf(source)
  proveSame(digestsOf(folder), sent, 'The SHA-256 digests of what arrived')
  const digests = Object.values(sent).filter(digest => digest !== '')
  return `${digests.length} files and ${Object.keys(sent).length - digests.length} folders arrived; SHA-256 of the first: ${digests[0].slice(0, 16)}…`
}
