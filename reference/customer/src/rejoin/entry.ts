/** The file that has a desktop of Linux start the program after log-on, and that holds the ticket: one file, so that there are both or neither. */
import { type Permission, Permission as Permissions, type RejoinTicket } from '@remote-assist/peer'

/** What is started, and where. */
export interface Launch {
  /** Program and arguments. */
  readonly argv: readonly string[]
  readonly folder: string
}

const TICKET = 'X-RemoteAssist-Ticket='
const SECRET_BYTES = 32

/** An argument as `Exec` has it: quoted, and then escaped as every string of the file (Desktop Entry Specification 1.5). */
const quoted = (argument: string): string => `"${argument.replace(/[\\"`$]/g, '\\$&').replaceAll('%', '%%')}"`
const escaped = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\t', '\\t').replaceAll('\r', '\\r')

/** The file's text. A terminal is opened for the program: its user sees who is there, and can stop it. */
export function entryText({ argv, folder }: Launch, ticket: RejoinTicket): string {
  const { secret, ...rest } = ticket
  const form = Buffer.from(JSON.stringify({ ...rest, secret: Buffer.from(secret).toString('base64url') })).toString('base64url')
  return [
    '[Desktop Entry]',
    'Type=Application',
    'Name=Remote assistance, once after this restart',
    `Exec=${escaped(argv.map(quoted).join(' '))}`,
    `Path=${escaped(folder)}`,
    'Terminal=true',
    'X-GNOME-Autostart-enabled=true',
    `${TICKET}${form}`,
    '',
  ].join('\n')
}

/** The ticket in such a file; undefined if there is none that is whole. */
export function ticketIn(text: string): RejoinTicket | undefined {
  const line = text.split('\n').find(it => it.startsWith(TICKET))
  if (line === undefined) return undefined
  try {
    return ticketOf(JSON.parse(Buffer.from(line.slice(TICKET.length), 'base64url').toString('utf8')))
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

function ticketOf(form: unknown): RejoinTicket | undefined {
  if (typeof form !== 'object' || form === null) return undefined
  const { locator, secret, expiresAtMs, agent, permissions } = form as { readonly [K in keyof RejoinTicket]?: unknown }
  if (typeof locator !== 'string' || !/^[0-9]{4,9}$/.test(locator) || typeof secret !== 'string' || typeof agent !== 'string') return undefined
  if (typeof expiresAtMs !== 'number' || !Number.isSafeInteger(expiresAtMs) || !Array.isArray(permissions) || !permissions.every(isPermission)) return undefined
  const bytes = Uint8Array.from(Buffer.from(secret, 'base64url'))
  return bytes.length === SECRET_BYTES ? { locator, secret: bytes, expiresAtMs, agent, permissions } : undefined
}

const isPermission = (it: unknown): it is Permission => typeof it === 'number' && Permissions[it] !== undefined
