/** Everything that is fuzzed. */
import type { Target } from '../target.js'
import { audit, auditEntries } from './audit.js'
import { channels } from './channels.js'
import { clipboardHtml, clipboardPng } from './clipboard.js'
import { control } from './control.js'
import { frame } from './frame.js'
import { handshake } from './handshake.js'
import { fileName } from './names.js'
import { records } from './records.js'
import { account, capability, credentials } from './signed.js'
import { link, pin } from './text.js'

/** In the order in which they run. */
export const TARGETS: readonly Target[] = [
  frame,
  ...channels,
  control,
  ...records,
  handshake,
  capability,
  credentials,
  account,
  audit,
  auditEntries,
  pin,
  link,
  fileName,
  clipboardHtml,
  clipboardPng,
]

/** One of them. Throws, with the names that there are, if there is none of that name. */
export function targetNamed(name: string): Target {
  const found = TARGETS.find(target => target.name === name)
  if (found === undefined) throw new Error(`There is no target ${name}. There are: ${TARGETS.map(target => target.name).join(', ')}.`)
  return found
}
