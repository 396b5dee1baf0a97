/** `serve`: the suite's broker and participants without an adapter, to try an implementation by hand. */

import { stageForEnd } from '../../play/index.js'
import type { WireEvent } from '../../play/player.js'
import { plain } from '../../report/index.js'
import { EXIT, type ExitCode, usage } from '../exit.js'
import { oneOf, read } from '../options.js'
import type { Suite } from '../suite.js'
import type { Terminal } from '../terminal.js'
import { timelineText } from '../timeline.js'

/** How often it looks for what happened, ms. */
const LOOK_MS = 100

/** Plays everybody but one end until Ctrl+C, and prints what crosses the wire. */
export async function serve(_suite: Suite, args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const { values, words } = read(args, { role: { type: 'string' }, grpc: { type: 'boolean' }, link: { type: 'boolean' } })
  if (words.length > 0) throw usage(`“${words.join(' ')}” means nothing here.`)
  const role = oneOf('--role', values.role ?? '', ['agent', 'customer', 'viewer'] as const)
  const way = values.link === true ? 'link' : role === 'viewer' ? 'invite' : 'pin'
  const stage = await stageForEnd({ role: role.toUpperCase() as 'AGENT' | 'CUSTOMER' | 'VIEWER', way, grpc: values.grpc === true })
  terminal.out(
    `The suite plays the broker and ${[...stage.players.keys()].join(' and ')}. Attach your ${role} with:\n${JSON.stringify(plain(stage.start), undefined, 2)}\nCtrl+C ends.`,
  )
  let shown = 0
  const show = () => {
    const fresh: readonly WireEvent[] = stage.events.slice(shown)
    shown += fresh.length
    if (fresh.length > 0) terminal.out(timelineText({ trace: fresh, checks: [] }))
  }
  const looking = setInterval(show, LOOK_MS)
  await terminal.stopped()
  clearInterval(looking)
  show()
  await stage.close()
  return EXIT.conformant
}
