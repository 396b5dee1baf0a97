/** An agent and a customer between whom a folder goes, and who say what happens. */
import { virtualHost } from '@remote-assist/customer'
import { Agent, Customer } from '@remote-assist/peer'
import { diskFiles } from '@remote-assist/peer/node'
import { connect } from '@remote-assist/transport-websocket'

/** A whole leaf. */
const LEAF = 2 ** 20

/**
 * What an end is to do.
 * @typedef {object} Part
 * @property {string} brokerUrl
 * @property {string} [url] The customer's way in.
 * @property {string} [sends] The folder that this end sends; the other one takes it.
 * @property {string} received Where what comes goes.
 * @property {{ readonly path: string, readonly offset: number }} [gate] Where reading stops. None = all is read.
 * @property {boolean} [undecided] An offer is not answered.
 */

/** @typedef {(said: Record<string, unknown>) => void} Say */

/**
 * Files that stand still at the gate, and a store that says how many whole leaves are kept for a return, and how many bytes were written whenever a file is complete.
 * @param {Part} part
 * @param {Say} say
 * @param {Promise<void>} over When the gate opens, as nobody waits any more.
 */
function watchedFiles({ received, gate }, say, over) {
  const { hasher, source, store } = diskFiles({ folder: received })
  const stopping = (file, path) => {
    const read = async (offset, into) => {
      if (path === gate?.path && offset + into.length > gate.offset) {
        say({ at: path })
        await over
      }
      return file.read(offset, into)
    }
    return { read, unchanged: () => file.unchanged(), close: () => file.close() }
  }
  const stoppingSource = async paths => {
    const { entries, contentId, open } = await source(paths)
    return { entries, contentId, open: async entry => stopping(await open(entry), entries[entry].path.join('/')) }
  }
  let leaves = 0
  let written = 0
  const telling = intake => ({
    kept: intake.kept,
    plan: placements => intake.plan(placements),
    folder: (entry, to) => intake.folder(entry, to),
    leaves: (entry, hasher) => intake.leaves(entry, hasher),
    write: (entry, offset, data) => {
      written += data.length
      return intake.write(entry, offset, data)
    },
    verified: async (entry, index, digest) => {
      await intake.verified(entry, index, digest)
      // A small file's only leaf is none of those that the large one is to keep: they are verified beside each other.
      if ((index + 1) * LEAF > Number(entry.bytes)) return
      leaves++
      say({ leaves })
    },
    commit: async (entry, to) => {
      await intake.commit(entry, to)
      say({ written })
    },
    discard: entry => intake.discard(entry),
    end: async keep => {
      await intake.end(keep)
      say({ released: true })
    },
  })
  const tellingStore = { room: () => store.room(), names: path => store.names(path), begin: async key => telling(await store.begin(key)) }
  return { hasher, source: stoppingSource, store: tellingStore }
}

/** Opens the gate once. */
function gateOpener() {
  let resolve = () => {}
  const promise = new Promise(opened => {
    resolve = opened
  })
  return { promise, resolve }
}

/** @param {Say} say */
const sending = ({ done }, say) =>
  done.then(
    ({ arrived }) => say({ arrived: arrived.length }),
    ({ code, message, failures }) => say({ failed: code, message, failures }),
  )

/** Takes an offer, or leaves it unanswered. */
function takes(offer, { undecided }, say) {
  say({ offered: offer.entries.length })
  if (!undecided) offer.accept()
}

/**
 * An agent that sends, or asks for, a folder. Resolves to its end.
 * @param {Part} part
 * @param {Say} say
 */
export async function startAgent(part, say) {
  const { brokerUrl, sends } = part
  const over = gateOpener()
  const agent = await Agent.create({ brokerUrl, transport: connect, displayName: 'Ada', files: watchedFiles(part, say, over.promise) })
  say({ url: agent.customerUrl })
  const assist = async () => {
    const session = await agent.customer()
    session.on('ended', ({ code }) => {
      say({ ended: code })
      over.resolve()
    })
    if (sends !== undefined) sending(session.files.send([sends]), say)
    else takes(await session.files.ask('The folder'), part, say)
  }
  assist().catch(({ code, message }) => say({ failed: code, message }))
  return () => agent.close()
}

/**
 * A customer that takes, or gives, a folder. Resolves to its end.
 * @param {Part} part
 * @param {Say} say
 */
export async function startCustomer(part, say) {
  const { brokerUrl, url, sends } = part
  const host = virtualHost({ screens: [{ width: 64, height: 48 }] })
  const over = gateOpener()
  const files = watchedFiles(part, say, over.promise)
  const customer = await Customer.join({ transport: connect(brokerUrl), url, host, displayName: 'Cleo', files })
  customer.on('ended', ({ code }) => {
    say({ ended: code })
    over.resolve()
  })
  customer.on('file', ({ offer }) => takes(offer, part, say))
  customer.on('file-ask', ({ ask }) => sending(ask.give([sends]), say))
  customer.on('consent', request => request.grantAll())
  return () => customer.close()
}
