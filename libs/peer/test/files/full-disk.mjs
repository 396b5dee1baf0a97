/** Receives more than its folder has room for, a large file and many small ones, and says in JSON what became of each. */
import { readdir } from 'node:fs/promises'
import { DiskStore } from '../../dist/node/file-store.js'

const [folder = ''] = process.argv.slice(2)
const LARGE = 5_000_000
const SMALL = { count: 200, bytes: 30_000 }
const PIECE = new Uint8Array(262_144).fill(7)

const listed = (entry, bytes) => ({ entry, path: [`${entry}.bin`], kind: 1, bytes: BigInt(bytes), modifiedMs: 0n, mode: 0 })
const placementOf = ({ path }) => ({ path, overwrite: false })
const fault = error => error.fault ?? String(error)

const large = listed(0, LARGE)
const small = Array.from({ length: SMALL.count }, (_, i) => listed(i + 1, SMALL.bytes))
const intake = await new DiskStore(folder).begin({ contentId: new Uint8Array(16), peer: 'Ada', manifest: new Uint8Array(32) })
await intake.plan(new Map([large, ...small].map(entry => [entry.entry, placementOf(entry)])))

let ofLarge = 'none'
for (let offset = 0; offset < LARGE && ofLarge === 'none'; offset += PIECE.length) {
  await intake.write(large, offset, PIECE).catch(error => {
    ofLarge = fault(error)
  })
}
await intake.discard(large)
const outcomes = await Promise.allSettled(
  small.map(async entry => {
    await intake.write(entry, 0, PIECE.subarray(0, SMALL.bytes))
    await intake.commit(entry, placementOf(entry))
  }),
)
await intake.end(false)
const arrived = small.filter((_, i) => outcomes[i].status === 'fulfilled').map(({ path }) => path[0])
const faults = [...new Set(outcomes.flatMap(({ status, reason }) => (status === 'rejected' ? [fault(reason)] : [])))]
console.log(JSON.stringify({ ofLarge, faults, arrived: arrived.sort(), found: (await readdir(folder)).sort() }))
