/** What each participant may know of the others, and whom it may reach. */
import { Phase, type Roster, type RosterEntry } from '@remote-assist/codec'
import { isIn, participantOf, type RoomParticipant, type RoomRecord } from './record.js'

const PHASE_OF = { candidate: Phase.CANDIDATE, admitted: Phase.ADMITTED, suspended: Phase.SUSPENDED } as const

const hexToBytes = (hex: string): Uint8Array => Uint8Array.from({ length: hex.length / 2 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16))

const entryOf = (record: RoomRecord, p: RoomParticipant): RosterEntry => ({
  participant: p.number,
  role: p.role,
  phase: PHASE_OF[p.state],
  lead: p.number === record.lead,
  displayName: p.displayName,
  incarnation: p.incarnation,
  inviteId: hexToBytes(p.inviteId ?? ''),
})

/** A candidate learns that its authority exists, and no more. */
const nameless = (entry: RosterEntry): RosterEntry => ({ ...entry, displayName: '', inviteId: new Uint8Array() })

/** Whether `reader` may see `p`: itself; whoever is in, if it is in; a candidate, if it is its authority (RA-RLY-216, RA-RLY-234). */
function sees(reader: RoomParticipant, p: RoomParticipant): boolean {
  if (p.number === reader.number) return true
  if (isIn(reader)) return isIn(p) || p.shownTo === reader.number
  return p.number === reader.shownTo
}

/** The roster for one participant: always the whole list, ascending by number (RA-RLY-115, RA-RLY-232). */
export function rosterFor(record: RoomRecord, reader: RoomParticipant): Roster {
  const entries = record.participants.filter(p => sees(reader, p)).map(p => entryOf(record, p))
  const shown = isIn(reader) ? entries : entries.map(entry => (entry.participant === reader.number ? entry : nameless(entry)))
  return { revision: BigInt(record.revision), entries: shown }
}

/** What a frame from one participant to another may be: anything its role may send, HANDSHAKE alone, or nothing (RA-RLY-169). */
export type Reach = 'all' | 'handshake' | 'none'

/** Who may write to whom: those who are in, to each other; a candidate and its authority, HANDSHAKE alone. */
export function reach(record: RoomRecord, from: number, to: number): Reach {
  const source = participantOf(record, from)
  const target = participantOf(record, to)
  if (source === undefined || target === undefined || source === target) return 'none'
  if (isIn(source) && isIn(target)) return 'all'
  if (!isIn(source) && source.shownTo === to) return 'handshake'
  if (!isIn(target) && target.shownTo === from) return 'handshake'
  return 'none'
}

/** The attached participants whose roster is not what it was before. */
export function readersOfChange(before: RoomRecord, after: RoomRecord): readonly number[] {
  const attached = after.participants.filter(p => p.state !== 'suspended')
  return attached.filter(p => view(before, participantOf(before, p.number)) !== view(after, p)).map(p => p.number)
}

/** A roster without its revision, as text that can be compared. */
const view = (record: RoomRecord, reader: RoomParticipant | undefined): string =>
  reader === undefined ? '' : JSON.stringify(rosterFor({ ...record, revision: 0 }, reader).entries.map(entry => ({ ...entry, inviteId: [...entry.inviteId] })))
