/** Runs targets in a thread of its own, so that one that never comes back can be ended. */
import { parentPort } from 'node:worker_threads'
import { campaign } from './campaign.js'
import type { Order } from './laboratory.js'
import { targetNamed } from './targets/index.js'

parentPort?.on('message', async ({ target, seed, budget, pulse }: Order) => {
  const beats = new Float64Array(pulse)
  let count = 0
  const outcome = await campaign(targetNamed(target), seed, budget, current => {
    beats[0] = current
    beats[1] = ++count
  })
  parentPort?.postMessage(outcome)
})
