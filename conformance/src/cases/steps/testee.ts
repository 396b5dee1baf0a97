/** Steps at the testee's other side: what its user does, sees, and is told, and that its computer is started again. */
import { setTimeout as pause } from 'node:timers/promises'
import { RoleRefused } from '../../adapter/index.js'
import { whenOverdue } from '../../patience.js'
import { accusing, TESTEE } from '../conduct.js'
import type { Plain } from '../load.js'
import { CaseError, misfit, show } from '../pattern.js'
import { Disappointment } from '../performance.js'
import { filled } from '../values.js'
import { keepAll, type Play } from './step.js'

const POLL_MS = 15

export const doStep: Play = async (p, value) => {
  const { $result: pattern = { ok: true }, $keep: keep, ...action } = value as Plain
  const said = filled(action, p.names) as Plain
  const result = (await p.cast.testee.do(said)) as unknown as Plain
  const wrong = misfit(pattern, result, p.names)
  if (wrong !== undefined)
    throw new Disappointment(
      result.error === 'failed' ? 'died' : 'different',
      `the testee was to do ${show(action)}: ${wrong}${result.text ? ` (${show(result.text)})` : ''}`,
    )
  p.desktop.did(said)
  const { ms = 0 } = (said.advanceClock ?? {}) as { ms?: number }
  p.clockMs += ms
  keepAll(p, keep, result)
  return []
}

export const event: Play = async (p, value, step) => {
  const { $keep: keep, ...pattern } = value as Plain
  const came = await p.event(pattern, step.withinMs)
  // What the user is told, the others may be told too.
  for (const code of Object.values(came)) if (typeof code === 'number') p.mayEnd.add(accusing(TESTEE, code) ?? '')
  keepAll(p, keep, came)
  return []
}

export const snapshot: Play = async (p, value, step) => {
  const { $keep: keep, ...pattern } = value as Plain
  let over = false
  const callOff = whenOverdue(step.withinMs, () => {
    over = true
  })
  try {
    for (;;) {
      const stands = await p.cast.testee.snapshot()
      const wrong = misfit(pattern, stands, p.names)
      if (wrong === undefined) {
        keepAll(p, keep, stands)
        return []
      }
      if (over) throw new Disappointment('different', `the testee does not stand so within ${step.withinMs} ms: ${wrong}`)
      await pause(POLL_MS)
    }
  } finally {
    callOff()
  }
}

/** The program of a customer under test is ended where it stands, and another one takes up its ticket. */
export const restart: Play = async (p, value) => {
  const { afterMs = 0, ticket } = filled(value, p.names) as { afterMs?: number; ticket?: unknown }
  const { restart: begin } = p.cast
  if (begin === undefined) throw new CaseError('nobody is started again but a customer under test')
  if (!(ticket instanceof Uint8Array)) throw new CaseError('a customer is started again with a ticket')
  p.clockMs += afterMs
  try {
    await begin(ticket, p.clockMs)
  } catch (error) {
    if (!(error instanceof RoleRefused)) throw error
    throw new Disappointment('different', `the testee was to begin again: ${error.message}`)
  }
  return undefined
}
