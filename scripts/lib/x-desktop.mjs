import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { capture } from './run.mjs'

/** The Debian packages that such a desktop needs. */
export const X_PACKAGES = ['xvfb', 'xauth', 'xterm', 'x11-xserver-utils', 'fonts-dejavu-core']

const MONITOR = { width: 1280, height: 800, widthMm: 338, heightMm: 211 }
const BACKGROUND = '#35506b'
const PROGRAM_MS = 10_000

/**
 * Starts a real X display without a monitor, in memory: two monitors of 1280×800 beside each other. Only who knows its cookie may use it.
 *
 * @param {import('./household.mjs').Household} household it ends with it
 * @returns {Promise<{ display: string, env: NodeJS.ProcessEnv }>} `env`: what its programs need
 */
export async function startXDesktop(household) {
  const authority = join(household.folder(), 'xauthority')
  const cookie = randomBytes(16).toString('hex')
  // The server takes every cookie in the file, whatever the display; its programs look for the number, which is known later.
  await succeed(['xauth', '-q', '-f', authority, 'add', ':0', '.', cookie])
  const size = `${2 * MONITOR.width}x${MONITOR.height}x24`
  const server = await household.spawn(['Xvfb', '-displayfd', '3', '-screen', '0', size, '-noreset', '-nolisten', 'tcp', '-auth', authority], { pipes: 1 })
  const display = await Promise.race([once(server.stdio[3], 'data').then(([number]) => `:${String(number).trim()}`), server.ended])
  if (typeof display !== 'string') throw new Error(`Xvfb ended with exit code ${display}.`)
  await succeed(['xauth', '-q', '-f', authority, 'add', display, '.', cookie])
  const env = { ...process.env, DISPLAY: display, XAUTHORITY: authority, LC_ALL: 'C.UTF-8' }
  await succeed(['xrandr', '--setmonitor', 'Left', monitorAt(0), 'screen'], env)
  await succeed(['xrandr', '--setmonitor', 'Right', monitorAt(MONITOR.width), 'none'], env)
  await succeed(['xsetroot', '-solid', BACKGROUND, '-cursor_name', 'left_ptr'], env)
  return { display, env }
}

/**
 * Opens an xterm in which a program runs.
 *
 * @param {import('./household.mjs').Household} household
 * @param {NodeJS.ProcessEnv} env what `startXDesktop` gave
 * @param {{ title: string, place: string, command: string[], background?: string }} options `place`: columns, rows and top left corner, as `80x24+60+60`
 */
export function openTerminal(household, env, { title, place, command, background = '#10161d' }) {
  const look = ['-fa', 'DejaVu Sans Mono', '-fs', '13', '-bg', background, '-fg', '#dfe7ee', '-bw', '0', '-b', '12', '+sb']
  return household.spawn(['xterm', '-u8', '-T', title, '-geometry', place, ...look, '-e', ...command], { env })
}

/** Fills the background of the display, behind all windows. */
export const paintBackground = (env, colour) => succeed(['xsetroot', '-solid', colour], env)

function monitorAt(x) {
  return `${MONITOR.width}/${MONITOR.widthMm}x${MONITOR.height}/${MONITOR.heightMm}+${x}+0`
}

async function succeed(argv, env = process.env) {
  const { code, output } = await capture(argv, { env, timeoutMs: PROGRAM_MS })
  if (code !== 0) throw new Error(`${argv.join(' ')} failed with exit code ${code}.\n${output}`)
}
