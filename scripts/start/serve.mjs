import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { BrokerError, standardLog, startBroker } from '@remote-assist/broker'
import { bold, dim, green, say } from '../lib/say.mjs'
import { openTerminal, startXDesktop } from '../lib/x-desktop.mjs'
import { makeSession } from './session.mjs'

const FIRST_PORT = 8080
const LAST_PORT = 8099
const PAGES = fileURLToPath(new URL('pages', import.meta.resolve('@remote-assist/agent')))
const CUSTOMER = fileURLToPath(new URL('main.js', import.meta.resolve('@remote-assist/customer')))

/** The customer's exit codes after which another session makes sense: it ended, or nobody came before its code expired. */
const GOES_ON = new Set([0, 4])

/**
 * Runs the broker, and one session after the other until the household ends. Rejects if the customer cannot share.
 *
 * @param {import('../lib/household.mjs').Household} household
 * @param {{ desktop: 'x11' | 'virtual' | undefined, port: number | undefined, json: string | undefined }} options `desktop` undefined: nothing is shared
 */
export async function serve(household, { desktop, port, json }) {
  const broker = await listen(port)
  household.add(() => broker.close())
  const shared = desktop === undefined ? undefined : await openDesktop(household, desktop)
  for (;;) {
    const session = await makeSession(broker.url)
    if (json !== undefined)
      writeFileSync(json, `${JSON.stringify({ pid: process.pid, brokerUrl: broker.url, host: desktop ?? null, ...session }, undefined, 2)}\n`)
    show(session, shared)
    if (shared === undefined) return
    const code = await shareOnce(household, shared, session.clientUrl)
    if (household.closing) return
    if (!GOES_ON.has(code)) throw new Error(`The customer ended with exit code ${code}.`)
    say('\nThat session is over. Here is a new one.')
  }
}

/** Listens on the port, or on the first free one where none was named. */
async function listen(port) {
  for (let candidate = port ?? FIRST_PORT; ; candidate++) {
    try {
      return await startBroker({ port: candidate, pages: PAGES, log: standardLog('error') })
    } catch (error) {
      const isTaken = error instanceof BrokerError && error.code === 'E_PORT_IN_USE'
      if (!isTaken || port !== undefined || candidate === LAST_PORT) throw error
    }
  }
}

/** Opens what is shared; tells how the customer's program is to name it. */
async function openDesktop(household, desktop) {
  const home = household.folder()
  const downloads = join(home, 'Downloads')
  mkdirSync(downloads)
  if (desktop === 'virtual') return { host: 'virtual', words: 'a virtual desktop, made up by a program', env: process.env, downloads }
  const { display, env } = await startXDesktop(household)
  const atHome = { ...env, HOME: home, PS1: '\\w $ ', HISTFILE: '' }
  const shell = greeting => ['sh', '-c', `cd; echo "$1"; while :; do bash --norc --noprofile; done`, 'sh', greeting]
  await openTerminal(household, atHome, { title: 'Terminal', place: '84x24+90+110', command: shell('This terminal is real. Type something.') })
  await openTerminal(household, atHome, { title: 'Second monitor', place: '60x16+1420+160', command: shell('This is the second monitor.') })
  return { host: `x11${display}`, words: `a new X display (${display}) with two monitors and a terminal on each`, env, downloads }
}

/** One customer's program, to its end; resolves to its exit code. */
async function shareOnce(household, { host, env, downloads }, clientUrl) {
  const args = [CUSTOMER, clientUrl, '--host', host, '--consent', 'all', '--downloads', downloads, '--name', 'Demo desktop']
  const customer = await household.spawn([process.execPath, ...args], { env, onLine: line => say(dim(`customer │ ${line}`)) })
  return customer.ended
}

function show({ consoleUrl, clientUrl, pin, viewUrl }, shared) {
  say()
  say(bold(green('Remote Assist is running. Open the console: you are the agent.')))
  say()
  say(`  ${bold('Console')}     ${consoleUrl}`)
  say(`  ${bold('PIN')}         ${pin}`)
  say(`  ${bold('Client URL')}  ${clientUrl}`)
  say(`  ${bold('View URL')}    ${viewUrl}`)
  say()
  if (shared === undefined) say(`Nothing is shared yet. In another terminal: node reference/customer/dist/main.js '${clientUrl}'`)
  else {
    say(`Shared is ${shared.words}. Its customer has that PIN already and consents to everything (--consent all).`)
  }
  say('The view URL lets one viewer watch, once the console is open. Everything stays on this machine. Ctrl+C ends it.')
  say()
}
