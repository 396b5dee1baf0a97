/** A case's trace as lines of a sequence diagram: who to whom, and what. */
import type { TraceEntry } from '../../model.js'
import { placeOfEntry, timeOfEntry } from '../summary.js'

/** One line of the diagram. */
export interface Moment {
  /** The entry's place in the trace. */
  readonly place: number
  readonly atMs: number
  readonly kind: 'message' | 'contract' | 'step' | 'opened' | 'closed'
  /** Lanes; both the same for what happens at one. */
  readonly from: string
  readonly to: string
  readonly label: string
  /** Why it could not be read. */
  readonly fault: string
  readonly fields: unknown
  /** As it crossed the wire, by name. */
  readonly bytes: Readonly<Record<string, Uint8Array>>
}

export const TESTEE = 'testee'
const ADAPTER = 'adapter'
const BROKER = 'broker'

/** What happened, in order, and the lanes that it needs: the adapter's, the testee's, the broker's, and those of the players as they come in. */
export function timelineOf(trace: readonly TraceEntry[]): { readonly lanes: readonly string[]; readonly moments: readonly Moment[] } {
  const moments = trace.map(momentOf)
  const used = new Set(moments.filter(({ kind }) => kind !== 'step').flatMap(({ from, to }) => [from, to]))
  const first = [ADAPTER, TESTEE, BROKER].filter(lane => lane === TESTEE || used.has(lane))
  return { lanes: [...first, ...[...used].filter(lane => !first.includes(lane))], moments }
}

/** Whether a check looked at it. `evidence`: places of wire events; steps and the contract's frames share them. */
export const isEvidence = ({ kind, place }: Moment, evidence: readonly number[]): boolean => kind !== 'step' && kind !== 'contract' && evidence.includes(place)

function momentOf(entry: TraceEntry): Moment {
  const base = { place: placeOfEntry(entry), atMs: timeOfEntry(entry), fault: '', fields: undefined, bytes: {} }
  switch (entry.kind) {
    case 'step':
      return { ...base, kind: 'step', from: TESTEE, to: TESTEE, label: entry.text }
    case 'adapter': {
      const [from, to] = entry.direction === 'to' ? [ADAPTER, TESTEE] : [TESTEE, ADAPTER]
      return { ...base, kind: 'contract', from, to, label: what(entry.what, entry.fields), fields: entry.fields }
    }
    case 'opened':
      return { ...base, kind: 'opened', from: TESTEE, to: entry.to, label: 'connection opened' }
    case 'closing': {
      const { to, code, reason } = entry.closing
      return { ...base, kind: 'closed', from: TESTEE, to, label: `${code === 0 ? 'line broken' : `closed ${code}`}${reason === '' ? '' : ` ${reason}`}` }
    }
    case 'sent':
      return {
        ...base,
        kind: 'message',
        from: entry.from,
        to: TESTEE,
        label: entry.what.replace('.', ' '),
        fields: entry.fields,
        bytes: { frame: entry.frame },
      }
    case 'arrival': {
      const { to, channel, name, fields, fault = '', frame, bytes } = entry.arrival
      const label = fault === '' ? [channel, name].filter(part => part !== '').join(' ') : `${channel} cannot be read`.trimStart()
      return { ...base, kind: 'message', from: TESTEE, to, label, fault, fields, bytes: { frame, message: bytes } }
    }
  }
}

/** `do setClipboard`: the command, and for those that hold one of many the name of that. */
function what(command: string, fields: unknown): string {
  if (command !== 'do' || typeof fields !== 'object' || fields === null) return command
  return `do ${Object.keys(fields).join()}`
}
