import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { x11Host } from '@remote-assist/customer/hosts'
import { capture } from '../lib/run.mjs'
import { openTerminal, paintBackground, startXDesktop } from '../lib/x-desktop.mjs'
import { colourAt, isLike } from './eyes.mjs'
import { seeing } from './prove.mjs'
import { hexOf, someColour, someText } from './random.mjs'

const PASTE_MS = 2_000
/** A place on the first monitor that no window covers, and one that the terminal on the second covers. */
const BACKGROUND = { x: 20, y: 20 }
const SECOND_TERMINAL = { x: 400, y: 300 }

/**
 * A real X display: terminals on both monitors, one of which runs a program that writes every line it reads into a file. Whatever is seen here is seen by
 * other programs than ours: xrandr, xclip, and that one.
 */
export async function openX11Desktop(household, signal) {
  const { display, env } = await startXDesktop(household)
  const folder = household.folder()
  const typed = join(folder, 'typed')
  const program = `echo 'This program writes down what it reads.'; : > '${typed}'; while IFS= read -r line; do printf '%s\\n' "$line" >> '${typed}'; done`
  await openTerminal(household, env, { title: 'Notes', place: '84x24+90+110', command: ['sh', '-c', program] })
  const second = someColour()
  const drawn = join(folder, 'drawn')
  const idle = `echo 'The second monitor.'; : > '${drawn}'; while :; do sleep 3600; done`
  await openTerminal(household, env, { title: 'Second', place: '60x20+1400+120', command: ['sh', '-c', idle], background: hexOf(second) })
  await seeing(
    () => existsSync(typed) && existsSync(drawn),
    there => there,
    signal,
    'The terminals are there',
  )
  // The library that talks to the display finds its cookie through the environment of this process.
  process.env.XAUTHORITY = env.XAUTHORITY
  const host = await x11Host(display)
  let background = [0, 0, 0]
  return {
    kind: 'x11',
    words: `X display ${display}`,
    host,
    /** The monitors, as xrandr says. */
    async screens() {
      const { output } = await capture(['xrandr', '--listmonitors'], { env })
      return [...output.matchAll(/(\d+)\/\d+x(\d+)\/\d+\+(\d+)\+(\d+)/g)].map(([, width, height, x, y]) => ({ width: +width, height: +height, x: +x, y: +y }))
    },
    /** Where to click so that the program has the keyboard. */
    input: { x: 300, y: 300 },
    /** What ends a line for the program. */
    submit: 'Enter',
    /** The lines that the program has read. */
    typed: async () => readFileSync(typed, 'utf8').split('\n').slice(0, -1),
    /** Somebody changes what the first screen shows. */
    async repaint() {
      background = someColour()
      await paintBackground(env, hexOf(background))
      return `background ${hexOf(background)}`
    },
    /** What tells whether a picture is that of the first (0) or second (1) screen as it is now. */
    truth: async screen =>
      screen === 0
        ? image => isLike(colourAt(image, BACKGROUND.x, BACKGROUND.y), background)
        : image => isLike(colourAt(image, SECOND_TERMINAL.x, SECOND_TERMINAL.y), second),
    /** What a paste would give, asked for by xclip. */
    async clipboard() {
      const { code, output } = await capture(['xclip', '-selection', 'clipboard', '-out', '-target', 'UTF8_STRING'], { env, timeoutMs: PASTE_MS })
      return code === 0 ? output : undefined
    },
    /** Copies something in another program; returns what. */
    async copy() {
      const text = someText()
      const file = join(folder, 'copied')
      writeFileSync(file, text)
      await household.spawn(['xclip', '-selection', 'clipboard', '-in', '-quiet', file], { env })
      return text
    },
    elevation: undefined,
  }
}
