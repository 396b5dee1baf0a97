import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { silentLog, startBroker } from '@remote-assist/broker'
import { openVirtualDesktop } from './desktop-virtual.mjs'
import { openX11Desktop } from './desktop-x11.mjs'
import { tamperableLine } from './line.mjs'
import { begin, sessionAtBroker } from './steps/begin.mjs'
import { elevate } from './steps/elevate.mjs'
import { end } from './steps/end.mjs'
import { exchange } from './steps/exchange.mjs'
import { seeAndType } from './steps/see-and-type.mjs'
import { watch } from './steps/watch.mjs'

/**
 * One step of a session. It throws if what it claims does not hold; what it returns is the proof, in a sentence, from the side that did not cause it.
 *
 * @typedef {object} Step
 * @property {string} name for machines
 * @property {string} title what holds when it passes
 * @property {(world: object, signal: AbortSignal) => Promise<string>} run `signal` is aborted when its time is over
 *
 * @typedef {{ name: string, title: string, ok: boolean, ms: number, detail: string }} Outcome
 */

const STEP_MS = 30_000

/** A complete session, in order. @type {Step[]} */
export const STEPS = [...begin, ...seeAndType, ...exchange, ...elevate, ...watch, ...end]

/**
 * Runs a complete session. The first step that fails is the last that runs: the others stand on it.
 *
 * @param {import('../lib/household.mjs').Household} household
 * @param {object} options
 * @param {'x11' | 'virtual'} options.host
 * @param {string} [options.brokerUrl] a broker that runs already (default: one of its own)
 * @param {readonly Step[]} [options.steps] other steps than those of the demonstration
 * @param {(step: Step) => void} [options.started]
 * @param {(outcome: Outcome) => void} [options.ended]
 * @returns {Promise<Outcome[]>}
 */
export async function runDemo(household, { host, brokerUrl, steps = STEPS, started = () => {}, ended = () => {} }) {
  const world = await openWorld(household, host, brokerUrl ?? (await ownBroker(household)))
  const outcomes = []
  let failed
  for (const step of steps) {
    const { name, title } = step
    if (failed === undefined) started(step)
    const result = failed === undefined ? await runStep(step, world) : { ok: false, ms: 0, detail: `not run: “${failed}” failed` }
    if (!result.ok) failed ??= name
    const outcome = { name, title, ...result }
    outcomes.push(outcome)
    ended(outcome)
  }
  return outcomes
}

async function runStep({ run }, world) {
  const began = performance.now()
  const over = new AbortController()
  const limit = new Promise((_, reject) => over.signal.addEventListener('abort', () => reject(over.signal.reason)))
  const timer = setTimeout(() => over.abort(new Error(`it took longer than ${STEP_MS / 1000} s`)), STEP_MS)
  try {
    const detail = await Promise.race([run(world, over.signal), limit])
    return { ok: true, ms: Math.round(performance.now() - began), detail }
  } catch (error) {
    const code = error.code === undefined ? '' : `${error.code}: `
    return { ok: false, ms: Math.round(performance.now() - began), detail: `${code}${error.message}` }
  } finally {
    clearTimeout(timer)
  }
}

async function ownBroker(household) {
  const broker = await startBroker({ log: silentLog() })
  household.add(() => broker.close())
  return broker.url
}

/** A desktop, a line and a folder for each side. */
async function openWorld(household, host, brokerUrl) {
  const signal = AbortSignal.timeout(STEP_MS)
  const desktop = host === 'x11' ? await openX11Desktop(household, signal) : await openVirtualDesktop()
  household.add(() => desktop.host.close())
  const folder = household.folder()
  const [agentFolder, customerFolder] = ['agent', 'customer'].map(name => join(folder, name))
  for (const path of [agentFolder, customerFolder]) mkdirSync(path)
  const auditLog = []
  const world = {
    /** What both ends keep of the session. */
    auditLog,
    audit: line => auditLog.push(line),
    household,
    brokerUrl,
    desktop,
    agentFolder,
    customerFolder,
    agentLine: tamperableLine(brokerUrl),
    customerLine: tamperableLine(brokerUrl),
    sessionAtBroker: () => sessionAtBroker(brokerUrl, world.agent.sessionId),
  }
  return world
}
