/** A customer that takes every file into a folder: `customer.mjs BROKER URL FOLDER [decides-nothing]`. Says what happens, in lines of JSON. */
import { virtualHost } from '@remote-assist/customer'
import { Customer } from '@remote-assist/peer'
import { diskFiles } from '@remote-assist/peer/node'
import { connect } from '@remote-assist/transport-websocket'

const [brokerUrl = '', url = '', folder = '', decides = ''] = process.argv.slice(2)
const say = said => process.stdout.write(`${JSON.stringify(said)}\n`)

let leaves = 0
let written = 0

/** A whole leaf. */
const LEAF = 2 ** 20

/** A platform whose store says how many whole leaves are kept for a return, and how many bytes were written whenever a file is complete. */
function telling({ hasher, source, store }) {
  const tellingIntake = intake => ({
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
    end: keep => intake.end(keep),
  })
  return {
    hasher,
    source,
    store: { room: () => store.room(), names: path => store.names(path), begin: async key => tellingIntake(await store.begin(key)) },
  }
}

const host = virtualHost({ screens: [{ width: 64, height: 48 }] })
const customer = await Customer.join({ transport: connect(brokerUrl), url, host, displayName: 'Cleo', files: telling(diskFiles({ folder })) })
customer.on('consent', request => request.grantAll())
customer.on('ended', ({ code }) => {
  say({ ended: code })
  process.exit()
})
customer.on('file', ({ offer }) => {
  say({ offered: offer.entries.length })
  if (decides !== 'decides-nothing') offer.accept()
})
