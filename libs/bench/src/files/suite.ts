import { createHash, type Hash, randomBytes } from 'node:crypto'
import { closeSync, existsSync, openSync, readSync } from 'node:fs'
import { mkdir, mkdtemp, open, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Ends, endingAll } from '../ends.js'
import { atLeast, compare, type Goal, type Row } from '../row.js'
import type { Effort, Suite } from '../suite.js'
import { type Contestant, takeTurns } from '../turns.js'
import { Assisted } from './assisted.js'
import { SshServer } from './ssh.js'

const MIB = 2 ** 20
/** Where everybody puts what arrives. */
const RECEIVED = 'received'
const BLOCK = randomBytes(MIB)
/** What is read at a time to compare. */
const PIECE = new Uint8Array(MIB)

/** P4: one large file, agent → broker → customer, sealed and verified, beside scp. */
export const fileSuite: Suite = { name: 'P4', title: 'A large file, beside scp', run: largeFile }

/** P5: a folder of small files, beside scp -r and rsync. */
export const folderSuite: Suite = { name: 'P5', title: 'A folder of small files, beside scp -r and rsync', run: smallFiles }

/** Somebody who copies `what` into a folder. */
interface Carrier {
  readonly name: string
  carry(what: string, to: string): Promise<void>
}

async function* largeFile({ quick }: Effort): AsyncGenerator<Row> {
  const mib = quick ? 4 : 1_024
  yield* withCarriers(async function* ({ folder, ours, server }) {
    const file = join(folder, 'large')
    const handle = await open(file, 'w')
    for (let i = 0; i < mib; i++) await handle.write(BLOCK.map(byte => byte ^ (i & 255)))
    await handle.close()
    const scp = (cipher: string | undefined, jump: boolean): Carrier => ({
      name: `scp${jump ? ' through a jump host' : ''}${cipher === undefined ? '' : `, ${cipher}`}`,
      carry: (what, to) => server.scp(what, to, { jump, ...(cipher !== undefined && { cipher }) }),
    })
    const carriers = [ours, scp(undefined, true), scp('aes128-gcm@openssh.com', true), scp(undefined, false), scp('aes128-gcm@openssh.com', false)]
    const [own, jump, fastJump, direct, fastDirect] = await takeTurns(
      carriers.map(carrier => contestant(carrier, file, folder, seconds => (mib * MIB) / 1e6 / seconds)),
      5,
    )
    if (own === undefined || jump === undefined || fastJump === undefined || direct === undefined || fastDirect === undefined)
      throw new RangeError('Nobody took part.')
    yield rowOf(`file of ${mib} MiB, beside a jump host`, 'MB/s', own, [jump, fastJump], atLeast(2))
    yield rowOf(`file of ${mib} MiB, beside a direct line`, 'MB/s', own, [direct, fastDirect], atLeast(1))
  })
}

async function* smallFiles({ quick }: Effort): AsyncGenerator<Row> {
  const count = quick ? 200 : 10_000
  yield* withCarriers(async function* ({ folder, ours, server }) {
    const source = join(folder, 'small')
    for (let i = 0; i < count; i++) {
      if (i % 100 === 0) await mkdir(join(source, `part ${i / 100}`), { recursive: true })
      await writeFile(join(source, `part ${Math.floor(i / 100)}`, `${i}.bin`), BLOCK.subarray(i, i + 4_096))
    }
    const carriers: Carrier[] = [
      ours,
      { name: 'scp -r', carry: (what, to) => server.scp(what, to, { recursive: true, cipher: 'aes128-gcm@openssh.com' }) },
      { name: 'rsync over ssh', carry: (what, to) => server.rsync(what, to, { cipher: 'aes128-gcm@openssh.com' }) },
    ]
    const [own, scp, rsync] = await takeTurns(
      carriers.map(carrier => contestant(carrier, source, folder, seconds => count / seconds)),
      5,
    )
    if (own === undefined || scp === undefined || rsync === undefined) throw new RangeError('Nobody took part.')
    yield rowOf(`${count} files of 4 KiB, beside scp -r`, 'files/s', own, [scp], atLeast(5))
    yield rowOf(`${count} files of 4 KiB, beside rsync`, 'files/s', own, [rsync], atLeast(1))
  })
}

/** Everybody who copies, in a folder in memory where there is one. */
const withCarriers = (
  measure: (stage: { readonly folder: string; readonly ours: Carrier; readonly server: SshServer }) => AsyncGenerator<Row>,
): AsyncGenerator<Row> =>
  endingAll(async function* (ends) {
    const folder = await scratchFolder(ends)
    const received = join(folder, RECEIVED)
    await mkdir(received)
    const server = await SshServer.start(join(folder, 'ssh'))
    ends.push(() => server.stop())
    const assisted = await Assisted.open(ends, received)
    yield* measure({ folder, ours: { name: 'ours', carry: what => assisted.send(what) }, server })
  })

/** A folder in memory, where there is such a place, until the end. */
export async function scratchFolder(ends: Ends): Promise<string> {
  const folder = await mkdtemp(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'remote-assist-bench-'))
  ends.push(() => rm(folder, { recursive: true }))
  return folder
}

function contestant(carrier: Carrier, what: string, folder: string, rate: (seconds: number) => number): Contestant<number> {
  const received = join(folder, RECEIVED)
  return {
    name: carrier.name,
    round: async () => {
      const start = performance.now()
      await carrier.carry(what, received)
      const seconds = (performance.now() - start) / 1_000
      // Whoever copies wrong wins nothing.
      const name = what.slice(folder.length + 1)
      if ((await digestOf(join(received, name))) !== (await digestOf(what))) throw new Error(`${carrier.name} copied something else.`)
      await rm(join(received, name), { recursive: true })
      return rate(seconds)
    },
  }
}

/** Of a file's bytes, or of a folder's files with their names. */
async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => undefined)
  const files = entries?.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name)) ?? [path]
  for (const file of files.sort()) {
    hash.update(file.slice(path.length))
    hashFile(file, hash)
  }
  return hash.digest('hex')
}

/** Adds a file's bytes. Nothing else goes on meanwhile, so that nothing is gained by not waiting: ten thousand small files are read in no time. */
function hashFile(file: string, hash: Hash): void {
  const fd = openSync(file, 'r')
  try {
    for (let count = readSync(fd, PIECE); count > 0; count = readSync(fd, PIECE)) hash.update(PIECE.subarray(0, count))
  } finally {
    closeSync(fd)
  }
}

const rowOf = (
  name: string,
  unit: string,
  own: { readonly name: string; readonly rounds: readonly number[] },
  peers: readonly (typeof own)[],
  goal: Goal,
): Row =>
  compare(
    name,
    unit,
    { name: own.name, values: own.rounds },
    peers.map(peer => ({ name: peer.name, values: peer.rounds })),
    goal,
  )
