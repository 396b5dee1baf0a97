import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { CancelReason } from '@remote-assist/codec'
import type { CustomerEvent, CustomerNotice } from '@remote-assist/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Transfers } from '../../src/audit/transfers.js'
import type { Transfer } from '../../src/files/transfer.js'
import { type End, type Kind, Pair } from '../files/pair.js'
import { bytesOf, writeTree } from '../files/trees.js'

const AGENT = 3
const LARGE = 20_000_000
const SIZES = [0, 1_000, 1_048_577, 20_000, 300, 0, 9]

/** An entry of the log, as far as it tells files apart. */
interface Line {
  readonly kind: string
  readonly name: string | undefined
  readonly bytes: string | undefined
  readonly sha256: string | undefined
}

/** A pair of which the customer's transfers are written down, as a session does it. */
async function audited() {
  const pair = await Pair.open()
  const log: Line[] = []
  const transfers = new Transfers((kind, details) => {
    const { name, bytes, sha256, reason } = details as Record<string, string>
    log.push({ kind, name: name ?? reason, bytes, sha256 })
  })
  const { customer } = pair
  const step = customer.step.bind(customer)
  const notice = customer.files.notice.bind(customer.files)
  customer.step = event => {
    const said = { type: 'local.channel', channel: 'file', peer: AGENT, event } as unknown as CustomerEvent
    if (event.type.startsWith('local.')) transfers.does(said)
    step(event)
    if (event.type.startsWith('local.')) transfers.did(said)
  }
  customer.files.notice = it => {
    transfers.hear(it as CustomerNotice, AGENT)
    notice(it)
  }
  const named = (kind: string) =>
    log
      .filter(it => it.kind === kind)
      .map(({ name }) => name)
      .sort()
  return { pair, log, named, transfers }
}

const namesOf = (count: number): string[] => Array.from({ length: count }, (_, i) => `${i}.bin`)

/** Puts files there, of sizes small and large. */
async function files(pair: Pair, count: number): Promise<string[]> {
  await writeTree(pair.source, Object.fromEntries(namesOf(count).map((name, i) => [name, bytesOf(SIZES[i % SIZES.length] ?? 0, i + 1)])))
  return namesOf(count).map(name => join(pair.source, name))
}

const accepting = (end: End): Promise<Transfer> => end.files.once('offer').then(offer => offer.accept())

/** The line drops at the nth message like this one, and comes back. */
function dropAt(pair: Pair, drops: readonly { readonly kind: Kind['$case']; readonly nth: number }[]): void {
  const [drop, ...rest] = drops
  let count = 0
  pair.alter = kind => {
    if (drop === undefined || kind.$case !== drop.kind || ++count < drop.nth) return kind
    dropAt(pair, rest)
    setImmediate(() => pair.restore())
    return undefined
  }
}

const KINDS = ['chunk', 'entryDone', 'leafDone', 'entryVerified', 'resumeFrom', 'credit'] as const satisfies readonly Kind['$case'][]
const anyDrops = fc.array(fc.record({ kind: fc.constantFrom(...KINDS), nth: fc.integer({ min: 1, max: 12 }) }), { minLength: 1, maxLength: 3 })

describe('the log of a transfer over a line that drops', () => {
  test('RA-SEC-263 has every file that the customer got, once', async () => {
    await fc.assert(
      fc.asyncProperty(anyDrops, async drops => {
        const { pair, named, log } = await audited()
        await using _ = pair
        const paths = await files(pair, 10)
        dropAt(pair, drops)
        const receiving = accepting(pair.customer)
        await pair.agent.files.send(paths).done
        await (await receiving).done
        expect(named('file.verified')).toEqual(namesOf(10).sort())
        expect(named('file.sent')).toEqual([])
        expect(log.at(-1)).toMatchObject({ kind: 'file.ended', name: 'done' })
      }),
      { numRuns: 5 },
    )
  })

  test('RA-SEC-263 has every file that left the customer, and that the agent has it, once', async () => {
    await fc.assert(
      fc.asyncProperty(anyDrops, async drops => {
        const { pair, named, log } = await audited()
        await using _ = pair
        const paths = await files(pair, 10)
        dropAt(pair, drops)
        const receiving = accepting(pair.agent)
        await pair.customer.files.send(paths).done
        await (await receiving).done
        expect(named('file.sent')).toEqual(namesOf(10).sort())
        expect(named('file.verified')).toEqual(namesOf(10).sort())
        for (const { sha256 } of log.filter(({ name }) => name?.endsWith('.bin'))) expect(sha256).toMatch(/^[0-9a-f]{64}$/)
        expect(log.at(-1)).toMatchObject({ kind: 'file.ended', name: 'done' })
      }),
      { numRuns: 5 },
    )
  })
})

describe('an agent that hides what it took', () => {
  const silent = (pair: Pair): void => {
    pair.alter = kind => {
      if (kind.$case !== 'entryVerified') return kind
      return { $case: 'progress', value: { transferId: kind.value.transferId, entry: 0, receivedBytes: 0n, verifiedBytes: 0n } }
    }
  }

  test('RA-SEC-263 by never confirming a file, and cancelling, has each of them in the log all the same', async () => {
    const { pair, named, log } = await audited()
    await using _ = pair
    const paths = await files(pair, 8)
    silent(pair)
    const receiving = accepting(pair.agent)
    const sending = pair.customer.files.send(paths)
    await (await receiving).done
    pair.customer.step({ type: 'remote.cancel', value: { transferId: 2, reason: CancelReason.USER } })
    await expect(sending.done).rejects.toMatchObject({ code: 'E_FILE_CANCELLED' })
    expect(named('file.sent')).toEqual(namesOf(8).sort())
    expect(named('file.verified')).toEqual([])
    expect(log.at(-1)).toMatchObject({ kind: 'file.ended', name: 'cancelled' })
  })

  /** The agent has most of a file, the last bytes of which never leave. */
  async function mostOf(end: (pair: Pair, transfers: Transfers) => void) {
    const { pair, log, transfers } = await audited()
    await using _ = pair
    await writeTree(pair.source, { 'secret.bin': bytesOf(LARGE) })
    const receiving = accepting(pair.agent)
    const sending = pair.customer.files.send([join(pair.source, 'secret.bin')])
    let arrived = 0
    pair.alter = kind => {
      arrived += kind.$case === 'chunk' ? kind.value.data.length : 0
      if (arrived < 2_000_000) return kind
      end(pair, transfers)
      setImmediate(() => pair.allow({ flow: 'closed' }))
      return undefined
    }
    await Promise.allSettled([sending.done, (await receiving).done])
    return log
  }

  test('RA-SEC-263 by calling a file verified before its last bytes left has in the log how much did', async () => {
    const log = await mostOf(pair => pair.customer.step({ type: 'remote.entryVerified', value: { transferId: 2, ranges: [{ first: 0, last: 0 }] } }))
    const [sent, ended] = log.slice(-2)
    expect(sent).toMatchObject({ kind: 'file.sent', name: 'secret.bin', sha256: '' })
    expect(Number(sent?.bytes)).toBeGreaterThan(1_900_000)
    expect(Number(sent?.bytes)).toBeLessThan(LARGE)
    expect(ended).toMatchObject({ kind: 'file.ended', name: 'done' })
  })

  test('RA-SEC-263 by letting the session end has in the log how much of a file left, before that end', async () => {
    const log = await mostOf((_, transfers) => transfers.close())
    expect(log.filter(({ kind }) => kind === 'file.sent')).toMatchObject([{ name: 'secret.bin', sha256: '' }])
  })
})

test('RA-SEC-263 a file that is complete when the session ends, and may get its name behind the log, is in it', async () => {
  const { pair, log, transfers } = await audited()
  await using _ = pair
  const [path = ''] = (await files(pair, 3)).slice(2)
  const { notice } = pair.customer.files
  pair.customer.files.notice = it => {
    notice.call(pair.customer.files, it)
    if (it.kind === 'file.complete') transfers.close()
  }
  const receiving = accepting(pair.customer)
  await pair.agent.files.send([path]).done
  await (await receiving).done
  expect(log.filter(({ kind }) => kind === 'file.sent')).toMatchObject([{ name: '2.bin', bytes: '1048577', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }])
})

test('RA-SEC-263 a file that gets its name while its transfer is cancelled is in the log', async () => {
  const { pair, named } = await audited()
  await using _ = pair
  const paths = await files(pair, 40)
  const receiving = accepting(pair.customer)
  const sending = pair.agent.files.send(paths)
  const over = new Promise<void>(resolve => {
    pair.alter = kind => {
      if (kind.$case === 'entryDone' && kind.value.entry === 9) setImmediate(resolve)
      return kind
    }
  })
  await over
  sending.cancel()
  await Promise.allSettled([sending.done, (await receiving).done])
  const there = (await readdir(pair.customer.folder)).filter(name => name.endsWith('.bin'))
  expect(there.length).toBeGreaterThan(0)
  expect(named('file.verified')).toEqual(there.sort())
})
