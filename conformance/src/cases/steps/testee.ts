/** Steps at the testee's other side: what its user does, sees, and is told. */
import { setTimeout as pause } from 'node:timers/promises'
import { whenOverdue } from '../../patience.js'
import { accusing, TESTEE } from '../conduct.js'
import type { Plain } from '../load.js'
import { misfit, show } from '../pattern.js'
import { Disappointment } from '../performance.js'
import { filled } from '../values.js'
import { keepAll, type Play } from './step.js'

const POLL_MS = 15

export const doStep: Play = async (p, value) => {
  const { $result: pattern = { ok: true }, $keep: keep, ...action } = value as Plain
  const said = filled(action, p.names) as Plain
  const result = (await p.cast.testee.do(said)) as unknown as Plain
  const wrong = misfit(pattern, result, p.names)
  if (wrong !== undefined) throw new Disappointment(`the testee was to do ${show(action)}: ${wrong}${result.text ? ` (${show(result.text)})` : ''}`)
  p.desktop.did(said)
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
  let over = false
  const callOff = whenOverdue(step.withinMs, () => {
    over = true
  })
  try {
    for (;;) {
      const wrong = misfit(value, await p.cast.testee.snapshot(), p.names)
      if (wrong === undefined) return []
      if (over) throw new Disappointment(`the testee does not stand so within ${step.withinMs} ms: ${wrong}`)
      await pause(POLL_MS)
    }
  } finally {
    callOff()
  }
}
