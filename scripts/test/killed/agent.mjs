/** An agent that sends a folder and stops reading it at a place, as told: `agent.mjs BROKER FOLDER PATH OFFSET` (no PATH: it reads all). Says what happens, in lines of JSON. */
import { Agent } from '@remote-assist/peer'
import { diskFiles } from '@remote-assist/peer/node'
import { connect } from '@remote-assist/transport-websocket'

const [brokerUrl = '', folder = '', gatePath = '', gateOffset = '0'] = process.argv.slice(2)
const say = said => process.stdout.write(`${JSON.stringify(said)}\n`)
const gate = { path: gatePath, offset: Number(gateOffset) }

/** A platform whose files stand still at the gate. */
function gated(platform) {
  const source = async paths => {
    const listed = await platform.source(paths)
    return {
      entries: listed.entries,
      contentId: listed.contentId,
      open: async entry => gatedFile(await listed.open(entry), listed.entries[entry].path.join('/')),
    }
  }
  return { hasher: platform.hasher, store: platform.store, source }
}

function gatedFile(file, path) {
  const read = async (offset, into) => {
    if (path === gate.path && offset + into.length > gate.offset) {
      say({ at: path })
      await new Promise(() => {})
    }
    return file.read(offset, into)
  }
  return { read, unchanged: () => file.unchanged(), close: () => file.close() }
}

const agent = await Agent.create({ brokerUrl, transport: connect, displayName: 'Ada', files: gated(diskFiles()) })
say({ url: agent.customerUrl })
const session = await agent.customer()
session.on('ended', ({ code }) => {
  say({ ended: code })
  process.exit()
})
try {
  const { arrived } = await session.files.send([folder]).done
  say({ arrived: arrived.length })
} catch ({ code, message, failures }) {
  say({ failed: code, message, failures })
}
