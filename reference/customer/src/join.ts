/** Opens a desktop and joins with it. */
import { type AuditSink, Customer, type Host, type RejoinTicket, type Trust } from '@remote-assist/peer'
import { diskFiles } from '@remote-assist/peer/node'
import { connect as connectGrpc } from '@remote-assist/transport-grpc'
import { connect } from '@remote-assist/transport-websocket'
import { type ChosenHost, chooseHost, type HostChoice } from './choose-host.js'
import type { Key } from './code.js'
import { type MaskChoice, masksOn } from './masks.js'
import { Autostart } from './rejoin/autostart.js'
import { relaunch } from './rejoin/launch.js'

/** What is shared, and as whom. */
export interface JoinSettings {
  readonly host?: HostChoice
  /** Folder for received files. */
  readonly downloads: string
  /** What the agent sees. */
  readonly name: string
  /** Whose word counts for agents. */
  readonly trust?: Trust
  /** What nobody ever sees. */
  readonly masks: readonly MaskChoice[]
  /** Authorities whose certificates count for the broker, in PEM. Default the well-known ones. */
  readonly ca?: string
  /** What was given to the command: the program is started with it again after a restart. */
  readonly args: readonly string[]
}

/** Who joins, on whose behalf. */
export interface JoinParts {
  readonly audit: AuditSink | undefined
  readonly signal: AbortSignal
  /** Asks the person for the password of their own account. `attemptsLeft`: the one before was wrong, and so many more may be. */
  password(over: AbortSignal, attemptsLeft: number | undefined): Promise<Uint8Array | undefined>
  /** The desktop is chosen; what is returned is shared. */
  chosen(desktop: ChosenHost): Host
}

/** What opens a session: a code, or the ticket that lies ready. */
export type Entry = Omit<Key, 'credentials'> & { readonly credentials: Key['credentials'] | { readonly ticket: RejoinTicket } }

/** Joins. Rejects with `AssistError` or `HostError` if it does not begin. */
export async function join({ broker, credentials }: Entry, settings: JoinSettings, parts: JoinParts): Promise<Customer> {
  const { host: choice, name, downloads, trust, ca, masks, args } = settings
  const { audit, signal } = parts
  const host = parts.chosen(await chooseHost(choice, { password: (over, attemptsLeft) => parts.password(over, attemptsLeft) }))
  const trusting = ca === undefined ? {} : { ca }
  const customer = await Customer.join({
    transport: /^grpcs?:/i.test(broker) ? connectGrpc(broker, trusting) : connect(broker, trusting),
    host: Object.assign(host, process.platform === 'linux' ? { rejoin: new Autostart(relaunch(args, broker)) } : {}),
    displayName: name,
    files: diskFiles({ folder: downloads }),
    ...(trust === undefined ? {} : { trust }),
    ...(audit === undefined ? {} : { audit }),
    signal,
    ...credentials,
  })
  // Nobody has been let in yet, so that nothing is seen before it is masked.
  const mask = () => customer.mask(masksOn(host.screens.list(), masks))
  if (masks.length > 0) customer.once('ended').finally(host.screens.onChange(mask))
  mask()
  return customer
}
