/** Which desktop is shared. */
import { type Host, HostError } from '@remote-assist/peer'
import { virtualHost, x11Host } from './hosts/index.js'

/** What `--host` says. Absent: an X display if there is one, else the virtual desktop. */
export type HostChoice = { readonly kind: 'x11'; readonly display: string | undefined } | { readonly kind: 'virtual' }

/** A desktop, and what a person should know about the choice. */
export interface ChosenHost {
  readonly host: Host
  readonly sentence: string
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

/** Opens the desktop. Rejects with `HostError` if the one that was named is not to be had. */
export async function chooseHost(choice: HostChoice | undefined, display = process.env.DISPLAY): Promise<ChosenHost> {
  if (choice?.kind === 'virtual') return virtual('Sharing a virtual desktop, made up by this program.')
  const name = choice?.display ?? display
  if (choice !== undefined) {
    if (name === undefined) throw new HostError('E_NO_DISPLAY', 'DISPLAY is not set.', { hint: 'Name a display, as in --host x11:0, or use --host virtual.' })
    return x11(name)
  }
  if (name === undefined) return virtual('There is no X display here (DISPLAY is not set): sharing a virtual desktop, made up by this program, instead.')
  try {
    return await x11(name)
  } catch (error) {
    if (!(error instanceof HostError)) throw error
    return virtual(`${error.message} Sharing a virtual desktop, made up by this program, instead.`)
  }
}

async function x11(display: string): Promise<ChosenHost> {
  return { host: await x11Host(display), sentence: `Sharing the X display ${display}.` }
}

const virtual = (sentence: string): ChosenHost => ({ host: virtualHost(), sentence })
