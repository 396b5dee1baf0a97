import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'

const BROKER = fileURLToPath(new URL('main.js', import.meta.resolve('@remote-assist/broker')))
const PAGES = fileURLToPath(new URL('pages', import.meta.resolve('@remote-assist/agent')))
/** What makes relaying cheap: the program's first line asks for it too, which only a shell reads. */
const HEAP = '--initial-heap-size=128'
const TRIES = 20

/**
 * Runs the broker's program on a port, or on the first free one of twenty where none was named. Resolves once it listens.
 *
 * @param {import('../lib/household.mjs').Household} household it ends with it
 * @param {{ port: number | undefined, firstPort: number, host: string, argsFor: (port: number) => string[] }} options `argsFor`: further arguments
 * @returns {Promise<{ port: number, ended: Promise<number | null> }>}
 */
export async function startBroker(household, { port, firstPort, host, argsFor }) {
  for (let candidate = port === 0 ? await freePort(host) : (port ?? firstPort); ; candidate++) {
    const outcome = await tryPort(household, ['--listen', String(candidate), '--host', host, ...argsFor(candidate)])
    if (!(outcome instanceof Error)) return { port: candidate, ...outcome }
    const isTaken = outcome.message.startsWith('E_PORT_IN_USE')
    if (!isTaken || port !== undefined || candidate === firstPort + TRIES - 1) throw outcome
  }
}

async function tryPort(household, args) {
  const said = []
  let listening = () => {}
  const listens = new Promise(resolve => {
    listening = resolve
  })
  const broker = await household.spawn([process.execPath, HEAP, BROKER, '--pages', PAGES, '--drain-ms', '0', ...args], {
    onLine(line) {
      const { msg } = line.startsWith('{') ? JSON.parse(line) : {}
      if (msg === 'broker listening') listening({ ended: broker.ended })
      else if (msg === undefined) said.push(line)
    },
  })
  return await Promise.race([listens, broker.ended.then(() => new Error(said.join('\n')))])
}

/** A port that nobody listens on at this moment. */
const freePort = host =>
  new Promise((resolve, reject) => {
    const server = createServer()
      .once('error', reject)
      .listen(0, host, () => {
        const { port } = server.address()
        server.close(() => resolve(port))
      })
  })
