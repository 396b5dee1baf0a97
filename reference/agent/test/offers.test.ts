import type { FileOffer, Session } from '@remote-assist/peer'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { FilesState } from '../src/console/files/model.js'
import { Transfers } from '../src/console/files/transfers.js'
import { ENGLISH } from '../src/console/strings/english.js'
import { GERMAN } from '../src/console/strings/german.js'
import { sentenceOf } from '../src/console/strings.js'

const WITHIN = 60_000

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

test('an offer that nobody takes goes when its time is up, and stays to be read as such; one that was refused does not', () => {
  let shown: FilesState | undefined
  const transfers = new Transfers({
    changed: state => {
      shown = state
    },
    failed: error => {
      throw error
    },
  })
  let offered = (_: FileOffer): void => undefined
  const on = (_: string, listener: typeof offered) => {
    offered = listener
  }
  transfers.open({ on, files: { maxFileBytes: undefined } } as unknown as Session)
  const offer = (...paths: readonly string[]) =>
    offered({
      entries: paths.map(path => ({ path, kind: 'file', bytes: 7n, refused: undefined })),
      bytes: 7n,
      answerWithinMs: WITHIN,
      refuse: () => undefined,
    } as unknown as FileOffer)
  offer('report.pdf')
  offer('figures/1.csv', 'figures/2.csv')
  transfers.refuse(shown?.offers[0]?.id ?? 0)
  vi.advanceTimersByTime(WITHIN - 1)
  expect([shown?.offers.map(({ name }) => name), shown?.rows]).toEqual([['figures'], []])
  vi.advanceTimersByTime(1)
  expect(shown?.offers).toEqual([])
  expect(shown?.rows).toMatchObject([{ way: 'receiving', name: 'figures', files: 2, progress: 'failed', canRetry: false }])
  const why = shown?.rows[0]?.why
  if (why === undefined) throw new Error('It does not say why.')
  expect(sentenceOf(why, ENGLISH)).toEqual({ message: 'Nobody took it in time.', hint: 'Ask the customer to offer it again.' })
  expect(sentenceOf(why, GERMAN).message).toBe('Niemand hat es rechtzeitig angenommen.')

  offer('late.pdf')
  transfers.close()
  vi.advanceTimersByTime(WITHIN)
  expect(shown?.rows.map(({ name }) => name)).toEqual(['figures'])
})
