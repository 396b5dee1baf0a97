/** Whose process a connection over loopback comes from. */
import { readFileSync } from 'node:fs'
import type { Socket } from 'node:net'

/** Columns of Linux's table of connections: the addresses of both ends, and the user of this one. */
const LOCAL = 1
const REMOTE = 2
const USER = 7

/** The id of the user who has the other end, as Linux says; undefined where the system says nothing. */
export function peerUser({ localPort, remotePort }: Pick<Socket, 'localPort' | 'remotePort'>, table = '/proc/net/tcp'): number | undefined {
  if (localPort === undefined || remotePort === undefined) return undefined
  const [theirs, ours] = [ending(remotePort), ending(localPort)]
  const row = rowsOf(table).find(columns => columns[LOCAL]?.endsWith(theirs) === true && columns[REMOTE]?.endsWith(ours) === true)
  return row === undefined ? undefined : Number(row[USER])
}

const ending = (port: number): string => `:${port.toString(16).toUpperCase().padStart(4, '0')}`

function rowsOf(table: string): readonly (readonly string[])[] {
  try {
    return readFileSync(table, 'latin1')
      .split('\n')
      .slice(1)
      .map(line => line.trim().split(/\s+/))
  } catch {
    return []
  }
}
