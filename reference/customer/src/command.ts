/** The command `remote-assist-customer`. */
import { readFileSync } from 'node:fs'
import { homedir, userInfo } from 'node:os'
import { join, resolve } from 'node:path'
import { HostError, type Trust } from '@remote-assist/peer'
import { Command, InvalidArgumentError, Option } from 'commander'
import { readAuthorities } from './authorities.js'
import { type HostChoice, parseHost } from './choose-host.js'
import { type ConsentMode, parseConsent, TOPICS } from './consent.js'
import { EXIT_CODES, exitCodeOf, tellError } from './exit.js'
import { type MaskChoice, parseMask } from './masks.js'
import { type Person, personAt } from './person.js'
import { type ShareOptions, share } from './share.js'
import { shareInWindow } from './window/share.js'
import { parseStopKeys, STOP_KEYS, type StopKeys, written } from './window/x11/stop-keys.js'

/** A parser that says what a person may do instead. */
const parsedBy =
  <T>(parse: (text: string) => T) =>
  (text: string): T => {
    try {
      return parse(text)
    } catch (error) {
      if (error instanceof RangeError) throw new InvalidArgumentError(error.message)
      throw error
    }
  }

function brokerUrl(text: string): string {
  if (/^(https?|wss?|grpcs?):/i.test(text) && URL.canParse(text)) return text
  throw new RangeError('It is a URL that begins with https://, http://, grpcs:// or grpc://.')
}

function readTrust(file: string): Trust {
  try {
    const keys = JSON.parse(readFileSync(file, 'utf8'))
    if (Array.isArray(keys?.keys)) return { keys }
  } catch {
    // Said below, whatever it was.
  }
  throw new RangeError(`${file} is no JWK set: a file with {"keys": [ … ]} is wanted.`)
}

interface Given {
  readonly broker?: string
  readonly host?: HostChoice
  readonly consent: ConsentMode
  readonly downloads: string
  readonly name: string
  readonly trust?: Trust
  readonly audit?: string
  readonly rejoin?: true
  readonly ca?: string
  readonly mask: readonly MaskChoice[]
  readonly window?: boolean
  readonly browser?: string
  readonly stopKeys: StopKeys
}

const EXIT_HELP = `
Keys, while sharing: p pauses, u goes on, w compares the words, r takes back what was agreed to about a restart, s or Ctrl+C stops.
Exit codes: ${EXIT_CODES.map(({ code, meaning }) => `${code} ${meaning}`).join(' · ')}.`

/** The command with its options, not yet run. */
export const customerCommand = (): Command =>
  new Command('remote-assist-customer')
    .description('Shares this desktop with a support agent, as long as you want and no further than you allow.')
    .argument('[code]', 'the PIN that the agent read to you, or the link that you were sent (default: you are asked)')
    .option('--broker <url>', "the broker's address (default: the link's)", parsedBy(brokerUrl))
    .option('--host <what>', 'what is shared: x11, x11:DISPLAY or virtual (default: x11 where there is a display)', parsedBy(parseHost))
    .addOption(
      new Option('--consent <answer>', `for scripts: ask, all, none, or some of ${TOPICS.map(({ word }) => word).join(',')}`)
        .argParser(parsedBy(parseConsent))
        .default(parseConsent('ask'), 'ask'),
    )
    .option('--downloads <folder>', 'where received files go', join(homedir(), 'Downloads'))
    .option('--name <name>', 'the name that the agent sees', userInfo().username)
    .option('--trust <file>', 'public keys of organisations whose agents are shown as verified, as a JWK set', parsedBy(readTrust))
    .option(
      '--mask <region>',
      'a region that nobody ever sees, as SCREEN:X,Y,WIDTHxHEIGHT, e.g. 1:0,0,400x300 (again for another one)',
      (text: string, before: readonly MaskChoice[]) => [...before, parsedBy(parseMask)(text)],
      [],
    )
    .option('--ca <file>', 'trusts the authorities in this file for the broker, and no others (PEM)', parsedBy(readAuthorities))
    .option('--audit <file>', 'keeps the audit log in this new file; “remote-assist-audit show FILE” shows it, now and later, and “verify FILE” verifies it')
    .option('--window', 'asks in a window (default: where there is an X display, and you started this at a terminal)')
    .option('--no-window', 'asks at the terminal')
    .option(
      '--browser <program>',
      'the browser that shows the window; it is started with --app=ADDRESS (default: Chromium, Chrome, Edge or Brave, else your own by xdg-open)',
    )
    .addOption(
      new Option('--stop-keys <keys>', 'keys that stop everything, wherever you press them, while the window is there')
        .argParser(parsedBy(parseStopKeys))
        .default(STOP_KEYS, written(STOP_KEYS)),
    )
    .option('--rejoin', 'goes on after a restart that was agreed to, by the ticket that lies ready; started by the desktop after log-on')
    .addHelpText('after', EXIT_HELP)

const say = (line = '') => console.log(line)

/** The X display that the person sits at. */
const displayOf = ({ host }: ShareOptions): string | undefined => (host?.kind === 'x11' ? host.display : undefined) ?? process.env.DISPLAY

/** Whether somebody is there who sees a window, and nothing was answered beforehand. */
const suitsWindow = (options: ShareOptions): boolean =>
  process.stdin.isTTY === true && displayOf(options) !== undefined && options.consent.kind === 'ask' && options.rejoin !== true

/**
 * Runs the command until the session is over; resolves to the exit code.
 * @param args Behind the command's name.
 * @param person Who is told and asked. Default: at this terminal.
 */
export async function runCustomer(args: readonly string[], person: () => Person = () => personAt()): Promise<number> {
  const command = customerCommand().parse(args, { from: 'user' })
  const { downloads, mask: masks, window, browser, stopKeys, ...given } = command.opts<Given>()
  const [code] = command.args
  const options = { ...given, masks, args, downloads: resolve(downloads), ...(code === undefined ? {} : { code }) }
  const inWindow = window ?? suitsWindow(options)
  if (inWindow) {
    try {
      return await shareInWindow(options, { display: displayOf(options), browser, needed: window === true, stopKeys, tell: say })
    } catch (error) {
      tellError(error, { tell: say })
      if (window === true || !(error instanceof HostError)) return exitCodeOf(error)
    }
  }
  const at = person()
  try {
    return await share(options, at)
  } catch (error) {
    tellError(error, at)
    return exitCodeOf(error)
  } finally {
    at.close()
  }
}
