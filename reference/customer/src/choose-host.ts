/** Which desktop is shared. */
import { type Host, HostError } from '@remote-assist/peer'
import { type LinuxElevation, type LinuxElevationOptions, linuxElevation, virtualHost, x11Host } from './hosts/index.js'

/** What `--host` says. Absent: an X display if there is one, else the virtual desktop. */
export type HostChoice = { readonly kind: 'x11'; readonly display: string | undefined } | { readonly kind: 'virtual' }

/** A desktop, and what a person should know about the choice. */
export interface ChosenHost {
  readonly host: Host
  readonly sentence: string
  /** The X display that is shared; undefined = none is. */
  readonly display: string | undefined
}

/** Reads `--host`: `virtual`, `x11` or `x11:DISPLAY`. Throws `RangeError` with a sentence for a person if it is none of these. */
export function parseHost(text: string): HostChoice {
  if (text === 'virtual') return { kind: 'virtual' }
  if (text === 'x11') return { kind: 'x11', display: undefined }
  if (!/^x11:./.test(text)) throw new RangeError('It is virtual, x11, or x11 with a display such as x11:0.')
  // `x11:0` is the display `:0`; `x11:desk:0` is the display 0 of the machine `desk`.
  const display = text.slice(text.indexOf(':', 4) < 0 ? 3 : 4)
  return { kind: 'x11', display }
}

/** What is asked of whom while a desktop is opened and shared. */
export interface HostSurroundings {
  /** The X display where none is named. */
  readonly display?: string | undefined
  /** Asks the person for the password of their own account. */
  readonly password?: LinuxElevationOptions['password']
}

/** Opens the desktop. Rejects with `HostError` if the one that was named is not to be had. */
export async function chooseHost(choice: HostChoice | undefined, { display = process.env.DISPLAY, password }: HostSurroundings = {}): Promise<ChosenHost> {
  if (choice?.kind === 'virtual') return virtual('Sharing a virtual desktop, made up by this program.')
  const name = choice?.display ?? display
  if (choice !== undefined) {
    if (name === undefined) throw new HostError('E_NO_DISPLAY', 'DISPLAY is not set.', { hint: 'Name a display, as in --host x11:0, or use --host virtual.' })
    return x11(name, password)
  }
  if (name === undefined) return virtual('There is no X display here (DISPLAY is not set): sharing a virtual desktop, made up by this program, instead.')
  try {
    return await x11(name, password)
  } catch (error) {
    if (!(error instanceof HostError)) throw error
    return virtual(`${error.message} Sharing a virtual desktop, made up by this program, instead.`)
  }
}

const NO_INPUT =
  'Agents can look, but neither point nor type: the display lacks the extension XTEST, or RECORD, without which they could not be held off while you do.'

async function x11(display: string, password: LinuxElevationOptions['password']): Promise<ChosenHost> {
  const sentence = `Sharing the X display ${display}.`
  const elevation = powers(password)
  const without = typeof elevation === 'string'
  const host = await x11Host(display, { guard: true, ...(without ? {} : { elevation }) })
  const limits = [...(host.input === undefined ? [NO_INPUT] : []), ...(without ? [`Administrator powers cannot be given here: ${elevation}`] : [])]
  return { host, display, sentence: [sentence, ...limits].join(' ') }
}

/** How administrator powers are had on this machine, or why they are not. */
function powers(password: LinuxElevationOptions['password']): LinuxElevation | string {
  try {
    return linuxElevation(password === undefined ? {} : { password })
  } catch (error) {
    if (error instanceof HostError) return error.message
    throw error
  }
}

const virtual = (sentence: string): ChosenHost => ({ host: virtualHost(), sentence, display: undefined })
