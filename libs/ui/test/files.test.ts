import type { Customer, FileOffer } from '@remote-assist/peer'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { FileDesk } from '../src/files.js'
import type { CustomerState } from '../src/model.js'
import { LANGUAGES, sentenceOf } from '../src/strings.js'

/** Ms that an offer, or an ask, may wait for its answer. */
const WITHIN = 60_000

type Shown = Pick<CustomerState, 'fileQuestions' | 'transfers' | 'received'>

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** A desk, the agent who wants something of it, and what the person sees. */
function desk() {
  const hear = new Map<string, (event: unknown) => void>()
  const customer = { on: (name: string, listener: (event: unknown) => void) => hear.set(name, listener) } as unknown as Customer
  const told = { failed: [] as unknown[], refused: 0 }
  let shown: Shown = { fileQuestions: [], transfers: [], received: [] }
  const it = new FileDesk({
    customer: () => customer,
    nameOf: participant => `Agent ${participant}`,
    takers: () => [1],
    take: () => Promise.reject(new Error('Nobody takes it.')),
    took: () => undefined,
    changed: state => {
      shown = state
    },
    failed: error => told.failed.push(error),
  })
  it.attend(customer)
  const refuse = () => {
    told.refused += 1
  }
  return {
    desk: it,
    told,
    offer(...paths: readonly string[]) {
      const entries = paths.map(path => ({ path, kind: 'file', bytes: 7n, refused: undefined }))
      hear.get('file')?.({ participant: 1, offer: { entries, bytes: 7n, answerWithinMs: WITHIN, refuse } as unknown as FileOffer })
    },
    ask: () => hear.get('file-ask')?.({ participant: 1, ask: { prompt: 'The log, please.', answerWithinMs: WITHIN, decline: refuse } }),
    get shown() {
      return shown
    },
  }
}

describe('a question about files that nobody answers', () => {
  test('goes when its time is up; what was offered stays to be read, as not answered', () => {
    const home = desk()
    home.offer('report.pdf', 'figures.csv')
    vi.advanceTimersByTime(WITHIN - 1)
    expect([home.shown.fileQuestions.length, home.shown.transfers]).toEqual([1, []])
    vi.advanceTimersByTime(1)
    expect(home.shown.fileQuestions).toEqual([])
    expect(home.shown.transfers).toMatchObject([{ way: 'receiving', name: 'report.pdf +1', state: 'failed' }])
    const why = home.shown.transfers[0]?.why
    if (why === undefined) throw new Error('It does not say why.')
    for (const [language, strings] of LANGUAGES)
      expect(sentenceOf(why, strings, 0).message).toBe(language === 'de' ? 'niemand hat geantwortet' : 'nobody answered')
  })

  test('is said to be over, where nothing was offered', () => {
    const home = desk()
    home.ask()
    vi.advanceTimersByTime(WITHIN)
    expect([home.shown.fileQuestions, home.shown.transfers, home.told.failed]).toEqual([[], [], [{ code: 'E_LATE' }]])
  })

  test('is not there any more once it was answered, or everything is over', () => {
    const home = desk()
    home.offer('report.pdf')
    home.desk.decline(home.shown.fileQuestions[0]?.id ?? 0)
    home.ask()
    home.desk.close()
    vi.advanceTimersByTime(WITHIN)
    expect([home.shown.transfers, home.told]).toEqual([[], { failed: [], refused: 1 }])
  })
})
