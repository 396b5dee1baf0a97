import { expect, it } from 'vitest'
import { RoleRefused } from '../../src/adapter/errors.js'
import { EventQueue } from '../../src/adapter/events.js'
import type { Cast } from '../../src/cases/cast.js'
import { CaseError } from '../../src/cases/pattern.js'
import { Disappointment, Performance } from '../../src/cases/performance.js'
import { playStep } from '../../src/cases/steps/index.js'

const TICKET = Uint8Array.of(1, 2, 3)

/** A case at a testee whose snapshot shows a ticket, and that is started again so. */
function playing(restart?: Cast['restart']): Performance {
  const testee = { events: new EventQueue(), do: async () => ({ ok: true }), snapshot: async () => ({ ticket: TICKET }) }
  const stage = { players: new Map(), broker: { attached: true, manners: { ping: false }, connections: 1 }, events: [] }
  return new Performance({ stage, testee, given: new Map(), ...(restart === undefined ? {} : { restart }) } as unknown as Cast)
}

const step = (kind: string, value: unknown) => ({ kind, value, check: undefined, withinMs: 1_000, note: '' })

it('starts a customer again with the ticket that it showed, at the time that it is then', async () => {
  const told: unknown[] = []
  const play = playing(async (...given) => void told.push(...given))
  await playStep(play, step('snapshot', { ticket: '$some', $keep: { ticket: 'ticket' } }))
  await playStep(play, step('do', { advanceClock: { ms: 2_500 } }))
  await playStep(play, step('restart', { ticket: '$ticket', afterMs: 40_000 }))
  await playStep(play, step('restart', { ticket: '$ticket' }))
  expect(told).toEqual([TICKET, 42_500, TICKET, 42_500])
})

it('blames a testee that does not begin again', async () => {
  const play = playing(() => Promise.reject(new RoleRefused('unsupported', 'by no ticket')))
  play.keep('ticket', TICKET)
  await expect(playStep(play, step('restart', { ticket: '$ticket' }))).rejects.toThrow(Disappointment)
})

it('blames the author of a case that has no ticket, or starts nobody who can be started again', async () => {
  const given = playing(async () => {})
  given.keep('name', 'no bytes')
  await expect(playStep(given, step('restart', { ticket: '$name' }))).rejects.toThrow(CaseError)
  const nobody = playing()
  nobody.keep('ticket', TICKET)
  await expect(playStep(nobody, step('restart', { ticket: '$ticket' }))).rejects.toThrow(CaseError)
})
