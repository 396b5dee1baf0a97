import assert from 'node:assert/strict'
import type { InputHost } from '@remote-assist/peer'
import type { Terminal } from '../x-server.js'
import type { XSetup } from '../x-witness.js'
import type { CorpusCase, Deed } from './cases.js'

const ENTER = 0x28
/** So many cases are read back at once. */
const BATCH = 50

/** A case that gave something else than it must. */
export interface Wrong {
  readonly title: string
  readonly expected: string
  readonly got: string
}

/** Types the cases into the terminal, each followed by Enter, and reads back what came. Resolves with those that are wrong. */
export async function typeAndRead({ host, terminal }: XSetup, cases: readonly CorpusCase[]): Promise<readonly Wrong[]> {
  const { input } = host
  assert(input?.locks)
  const wrong: Wrong[] = []
  for (let at = 0; at < cases.length; at += BATCH) {
    const batch = cases.slice(at, at + BATCH)
    for (const { locks, deeds } of batch) {
      await input.locks(locks)
      for (const deed of deeds) await perform(input, deed)
      await tap(input, ENTER)
    }
    wrong.push(...(await readBack(terminal, batch)))
  }
  return wrong
}

async function perform(input: InputHost, deed: Deed): Promise<void> {
  for (const usage of deed.held) await input.key(usage, true)
  if (deed.do === 'key') await tap(input, deed.usage)
  else await input.text(deed.text)
  for (const usage of deed.held.toReversed()) await input.key(usage, false)
}

async function tap(input: InputHost, usage: number): Promise<void> {
  await input.key(usage, true)
  await input.key(usage, false)
}

const returns = (text: string): number => text.split('\r').length - 1

async function readBack(terminal: Terminal, batch: readonly CorpusCase[]): Promise<readonly Wrong[]> {
  const due = returns(batch.map(({ expected }) => `${expected}\r`).join(''))
  let rest = await terminal.until(text => text !== undefined && returns(text) >= due)
  await terminal.clear()
  return batch.flatMap(({ title, expected }) => {
    const right = rest.startsWith(`${expected}\r`)
    const got = right ? expected : (rest.split('\r', returns(expected) + 1).join('\r') ?? '')
    rest = rest.slice(got.length + 1)
    return right ? [] : [{ title, expected, got }]
  })
}
