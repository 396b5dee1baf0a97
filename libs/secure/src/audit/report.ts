/** What verifying a log brought to light, as data and as sentences. */

/**
 * `altered`: not as it was hashed, or as it was signed · `dropped`: missing · `reordered`: it stands elsewhere · `duplicated`: it stands twice · `forked`: there are
 * two entries of this number, or the ends signed different ones · `signature`: a signature is not its signer's · `unreadable`: no line of a log.
 */
export type AuditFaultKind = 'altered' | 'dropped' | 'reordered' | 'duplicated' | 'forked' | 'signature' | 'unreadable'

/** The first thing that is wrong. */
export interface AuditFault {
  readonly kind: AuditFaultKind
  /** The first entry that it concerns. */
  readonly index: number
  /** The last entry that it may concern, where one fault cannot be told from several. */
  readonly last: number
  /** The line of the file, from 1, in which it shows. */
  readonly line: number
  /** A sentence for a person. */
  readonly message: string
}

/** Who signed, and how far. */
export interface AuditSigner {
  readonly participant: number
  /** Its session key, hexadecimal. */
  readonly key: string
  /** Entries covered, from the first. */
  readonly entries: number
}

/** `intact`: unbroken, signed by both ends to the last entry, which ends the session · `incomplete`: nothing wrong, but not all of that · `faulty`: see the fault. */
export interface AuditReport {
  readonly verdict: 'intact' | 'incomplete' | 'faulty'
  /** The session's id, hexadecimal; undefined if the first line cannot be read. */
  readonly session: string | undefined
  /** Entries that are unbroken, from the first. */
  readonly entries: number
  /** Of those, how many the customer and another participant have signed. */
  readonly signedByBoth: number
  /** The last of them ends the session. */
  readonly ended: boolean
  /** The customer first. */
  readonly signers: readonly AuditSigner[]
  readonly fault: AuditFault | undefined
}

/** The report in sentences, one a line. */
export function describeReport({ verdict, session, entries, signedByBoth, ended, signers, fault }: AuditReport): readonly string[] {
  const lines = [`Audit log of session ${session ?? 'unknown'}`]
  const named = (from: number, count: number) => (count - from === 1 ? `entry ${from}` : `entries ${from} to ${count - 1}`)
  if (fault !== undefined) lines.push(`Line ${fault.line}: ${fault.message}`)
  lines.push(entries === 0 ? 'No entry is unbroken.' : `Unbroken: ${named(0, entries)}.`)
  for (const [i, { participant, key, entries: covered }] of signers.entries())
    lines.push(`${i === 0 ? 'Customer' : 'Participant'} ${participant}, key ${key}: signed ${covered === 0 ? 'nothing' : named(0, covered)}.`)
  if (signedByBoth < entries)
    lines.push(`Not signed by both ends: ${named(signedByBoth, entries)}. Whoever had the file may have written, altered or dropped them.`)
  if (fault === undefined && !ended) lines.push('The log does not end with the end of the session: what followed is missing, or was never written.')
  lines.push({ intact: 'INTACT', incomplete: 'INCOMPLETE', faulty: 'FAULTY' }[verdict])
  return lines
}
