import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { ensureBuilt } from './lib/ensure-built.mjs'
import { ensureInstalled } from './lib/ensure-install.mjs'
import { Household } from './lib/household.mjs'
import { stopChildrenOnSignals } from './lib/run.mjs'
import { bold, dim, duration, green, progress, red, say } from './lib/say.mjs'
import { chooseDesktop } from './lib/shared-desktop.mjs'

/**
 * `npm run demo`: a complete session on a real desktop, without a person, from a fresh clone on. Names, text and bytes are others in each run, and the proof
 * of each step comes from the side that did not cause it.
 *
 *   --host x11|virtual  what is shared (default: a new X display where Debian's packages for it are to be had, else the virtual desktop)
 *   --json FILE         writes {host, steps: [{name, title, ok, ms, detail}], ok} for a machine
 */

const OPTIONS = { host: { type: 'string' }, json: { type: 'string' } }

const household = new Household()
let stopping = false

async function main({ host: choice, json }) {
  await ensureInstalled()
  const host = await chooseDesktop(choice, ['xclip'])
  await ensureBuilt('@remote-assist/broker', '@remote-assist/customer')
  const { runDemo, STEPS } = await import('./demo/run.mjs')
  say(bold(`A complete session on ${host === 'x11' ? 'a real X display' : 'the virtual desktop'}`))
  const began = performance.now()
  let number = 0
  const steps = await runDemo(household, {
    host,
    started: ({ title }) => progress(`… ${String(number + 1).padStart(2)}/${STEPS.length} ${title}`),
    ended: outcome => !stopping && show(outcome, ++number, STEPS.length),
  })
  const failed = steps.filter(({ ok }) => !ok).length
  if (json !== undefined) write(json, { host, steps, ok: failed === 0 })
  if (stopping) return
  const sum = failed === 0 ? green(`All ${steps.length} steps hold`) : red(`${failed} of ${steps.length} steps do not hold`)
  say(`${bold(sum)}, after ${duration(performance.now() - began)}`)
  process.exitCode = failed === 0 ? 0 : 1
}

function write(file, outcome) {
  writeFileSync(file, `${JSON.stringify(outcome, undefined, 2)}\n`)
}

function show({ title, ok, ms, detail }, number, count) {
  progress()
  say(`${ok ? green('✓') : red('✗')} ${String(number).padStart(2)}/${count} ${title}  ${dim(duration(ms))}`)
  say(`        ${ok ? dim(detail) : red(detail)}`)
}

stopChildrenOnSignals(() => {
  stopping = true
  return household.close()
})
let values = {}
try {
  values = parseArgs({ options: OPTIONS }).values
  await main(values)
} catch (error) {
  say(red(error.message))
  if (values.json !== undefined) write(values.json, { steps: [], ok: false, error: error.message })
  process.exitCode = 1
} finally {
  await household.close()
}
