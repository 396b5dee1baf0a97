/** Offers to a customer on a small disk, more than it has room for: alone, and two at a time. Says in JSON what became of each. */
import { truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Channel, decodeMessages, encodeMessages } from '@remote-assist/codec'
import { agentFile, customerFile } from '@remote-assist/core'
import { Files } from '../../dist/files/files.js'
import { diskFiles } from '../../dist/node/file-store.js'

const [folder = '', source = ''] = process.argv.slice(2)
const MIB = 1_048_576
const PERMIT = {
  type: 'permit',
  toCustomer: true,
  fromCustomer: true,
  flow: 'flowing',
  maxFileBytes: 1_073_741_824n,
  maxSessionBytes: 0n,
  elsewhereBytes: 0n,
  maxEntries: 1_000,
  consentTimeoutMs: 60_000,
}

/** Bytes of files that were sent, by their transfers. */
const sentBytes = new Map()

/** An end: the core's machine, the files that drive it, and a line to the other end, which takes each message in a turn of its own. */
function endOf(side, platform) {
  const machine = side === 'agent' ? agentFile : customerFile
  const heard = []
  let state = machine.initial
  let telling = false
  const end = { peer: undefined, files: undefined, step }
  function step(event) {
    const { state: next, effects } = machine.step(state, event, performance.now())
    state = next
    for (const { type, kind, notice } of effects) {
      if (type === 'notify') heard.push(notice)
      if (type !== 'send') continue
      const { transferId, data } = kind.value
      if (kind.$case === 'chunk') sentBytes.set(transferId, (sentBytes.get(transferId) ?? 0) + data.length)
      const bytes = encodeMessages(Channel.FILE, [{ kind }])
      setImmediate(() => {
        const [{ kind }] = decodeMessages(Channel.FILE, bytes)
        end.peer.step({ type: `remote.${kind.$case}`, value: kind.value })
      })
    }
    tell()
  }
  /** One notice after the other, also where one leads to the next. */
  function tell() {
    if (telling) return
    telling = true
    for (let notice = heard.shift(); notice !== undefined; notice = heard.shift()) end.files.notice(notice)
    telling = false
  }
  const later = (ms, task) => {
    const timer = setTimeout(task, ms)
    return () => clearTimeout(timer)
  }
  const channel = {
    side,
    say: step,
    room: () => undefined,
    burst: () => {},
    maxChunkBytes: 262_144,
    maxFileBytes: PERMIT.maxFileBytes,
    now: () => performance.now(),
    later,
  }
  end.files = new Files({ channel, platform, peer: () => side })
  return end
}

const agent = endOf('agent', diskFiles())
const customer = endOf('customer', diskFiles({ folder }))
agent.peer = customer
customer.peer = agent
for (const end of [agent, customer]) end.step(PERMIT)

/** How a transfer ended, and how much of it was sent. */
const outcomeOf = (transfer, transferId) =>
  transfer.done.then(
    ({ arrived }) => ({ arrived, sentBytes: sentBytes.get(transferId) }),
    ({ code }) => ({ code, sentBytes: sentBytes.get(transferId) ?? 0 }),
  )

const send = async (name, bytes) => {
  const path = join(source, name)
  await writeFile(path, new Uint8Array(Math.min(bytes, 2 * MIB)).fill(7))
  await truncate(path, bytes)
  return agent.files.send([path])
}

const receiving = []
customer.files.on('offer', offer => {
  const transfer = offer.accept()
  receiving.push(transfer)
  // The one that fits waits, so that the next is offered meanwhile.
  if (receiving.length === 2) transfer.hold()
})
const oversize = await outcomeOf(await send('oversize.bin', 4 * MIB), 1)
const first = await send('first.bin', 2 * MIB)
const second = await outcomeOf(await send('second.bin', 2 * MIB), 5)
receiving[1].continue()
console.log(JSON.stringify({ oversize, first: await outcomeOf(first, 3), second }))
process.exit()
