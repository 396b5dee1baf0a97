import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bold, dim, green, say, yellow } from '../lib/say.mjs'
import { openTerminal, startXDesktop } from '../lib/x-desktop.mjs'
import { startBroker } from './broker.mjs'
import { inPublic, onLoopback } from './reach.mjs'
import { makeSession } from './session.mjs'

const CUSTOMER = fileURLToPath(new URL('main.js', import.meta.resolve('@remote-assist/customer')))

/** The customer's exit codes after which another session makes sense: it ended, or nobody came before its code expired. */
const GOES_ON = new Set([0, 4])

/**
 * Runs the broker, and one session after the other until the household ends. Rejects if the customer cannot share.
 *
 * @param {import('../lib/household.mjs').Household} household
 * @param {{ desktop: 'x11' | 'virtual' | undefined, port: number | undefined, json: string | undefined, publicHost: string | undefined,
 *   tls: { cert: string | undefined, key: string | undefined } }} options `desktop` undefined: nothing is shared; `publicHost` undefined: for this machine alone
 */
export async function serve(household, { desktop, port, json, publicHost, tls }) {
  const reach = publicHost === undefined ? onLoopback() : await inPublic(household, publicHost, tls)
  const broker = await startBroker(household, { ...reach, port })
  const failed = broker.ended.then(code => {
    if (!household.closing) throw new Error(`The broker ended with exit code ${code}.`)
  })
  await Promise.race([failed, hold(household, { desktop, json, reach, brokerUrl: reach.urlOf(broker.port) })])
  // Where nothing is shared there is nothing more to do but to go on.
  await failed
}

async function hold(household, { desktop, json, reach, brokerUrl }) {
  const shared = desktop === undefined ? undefined : await openDesktop(household, desktop)
  for (;;) {
    const session = await makeSession(brokerUrl, reach.access())
    if (json !== undefined)
      writeFileSync(json, `${JSON.stringify({ pid: process.pid, brokerUrl, host: desktop ?? null, tls: reach.tls ?? null, ...session }, undefined, 2)}\n`)
    show(session, shared, reach.tls)
    if (shared === undefined) return
    const code = await shareOnce(household, { ...shared, env: { ...shared.env, ...reach.env } }, session.clientUrl)
    if (household.closing) return
    if (!GOES_ON.has(code)) throw new Error(`The customer ended with exit code ${code}.`)
    say('\nThat session is over. Here is a new one.')
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

function show({ consoleUrl, clientUrl, pin, viewUrl }, shared, tls) {
  say()
  say(bold(green('Remote Assist is running. Open the console: you are the agent.')))
  say()
  say(`  ${bold('Console')}     ${consoleUrl}`)
  say(`  ${bold('PIN')}         ${pin}`)
  say(`  ${bold('Client URL')}  ${clientUrl}`)
  say(`  ${bold('View URL')}    ${viewUrl}`)
  say()
  if (shared === undefined) say(`Nothing is shared yet. In another terminal: ${trusting(tls)}node reference/customer/dist/main.js '${clientUrl}'`)
  else {
    say(`Shared is ${shared.words}. Its customer has that PIN already and consents to everything (--consent all).`)
  }
  say('The view URL lets one viewer watch, once the console is open.')
  if (tls === undefined) say('Everything stays on this machine. Ctrl+C ends it.')
  else showTls(tls)
  say()
}

const trusting = tls => (tls?.isOurs === true ? `NODE_EXTRA_CA_CERTS='${tls.cert}' ` : '')

/** What a person at another machine has to know about the certificate. */
function showTls({ host, cert, fingerprint, isOurs }) {
  say()
  say(yellow(`Whoever reaches ${host} can open these links. The console's link makes its holder the agent: give it to nobody else.`))
  say(`  ${bold('Certificate')} ${cert}`)
  say(`  ${bold('SHA-256')}     ${fingerprint}`)
  if (isOurs) {
    say()
    say('This machine made the certificate for itself; no authority vouches for it. The first time, a browser says "Your connection is not private"')
    say('(Chromium, NET::ERR_CERT_AUTHORITY_INVALID) or "Warning: Potential Security Risk Ahead" (Firefox). Look at the certificate there: if it shows')
    say('the SHA-256 above, it is this machine, and you may go on (Advanced → Proceed, or Accept the Risk). If it shows another, somebody is in between.')
    say('To be asked no more, import the file into the trusted authorities of that browser or machine. A program trusts it by NODE_EXTRA_CA_CERTS=FILE.')
    say('With a certificate of an authority: --tls-cert FILE --tls-key FILE.')
  }
  say('Ctrl+C ends it.')
}
