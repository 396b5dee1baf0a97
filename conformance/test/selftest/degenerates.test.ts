import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { playDegenerates } from '../../src/selftest/degenerates.js'
import { type Outcome, suiteOf } from '../cli/stage.js'

const FAKE = fileURLToPath(new URL('../adapter/fake-testee.mjs', import.meta.url))

/** Plays a degenerate whose cases come out as told; the behaviour is the fake's. */
async function play(name: string, outcomes: Readonly<Record<string, Outcome>>, behaviour = 'good') {
  const told: string[] = []
  const suite = suiteOf(outcomes)
  const figures = await playDegenerates(
    { suite, program: process.execPath, args: [FAKE, 'protobuf', behaviour], say: line => told.push(line) },
    [name],
    suite.cases,
  )
  return { figures, told }
}

const FAILING = { 'customer/a/one': { checks: ['FAILED', 'NOT_REACHED', 'HANG'] } } as const

it('passes as many checks as hold, in time or late, and names them', async () => {
  expect((await play('null', FAILING)).figures).toEqual({ null: 0 })
  const { figures, told } = await play('null', { ...FAILING, 'customer/a/two': { checks: ['PASSED', 'SLOW', 'FAILED'] } })
  expect(figures).toEqual({ null: 2 })
  expect(told).toEqual(['null passes customer/a/two#1', 'null passes customer/a/two#2', 'null: 2 checks passed'])
})

it('says nothing where nothing was played', async () => {
  await expect(play('null', {})).rejects.toThrow('null was played against 0 of 0 cases')
})

it('has to get through Hello: who does not start passes nothing, and shows nothing', async () => {
  for (const name of ['null', 'hang']) await expect(play(name, FAILING, 'chatty')).rejects.toThrow()
  await expect(play('crash-at-2', FAILING, 'roleless')).rejects.toThrow()
})
