/** One entry: what happened, and when. */
import { lv } from '../bytes.js'
import { SecureError } from '../errors.js'
import { Fields } from '../fields.js'
import { AUDIT_KINDS, type AuditDetails, type AuditKind } from './kinds.js'

/** The most that an entry may have in its canonical form, in bytes (`AuditEntry` of the schema). */
export const MAX_ENTRY_BYTES = 4_096

/** Half of a surrogate pair: text with one has no UTF-8 form. */
const HALF_PAIR = /\p{Surrogate}/u

/** An entry as it is read: the kinds of later versions are read as well. */
export interface AuditRecord {
  /** Ms since 1970, by the customer's clock. */
  readonly at: number
  readonly kind: string
  /** By name, ascending. */
  readonly details: Readonly<Record<string, string>>
}

/**
 * The canonical form: lv(at, kind, name, value, name, value, …), names ascending (RA-SEC-252).
 * @param at ms since 1970
 * @throws SecureError E_FORMAT if the kind or a detail is not one of the table, or it is all too long.
 */
export function auditEntry<K extends AuditKind>(at: number, kind: K, details: AuditDetails<K>): Uint8Array {
  const names: readonly string[] = Object.hasOwn(AUDIT_KINDS, kind) ? AUDIT_KINDS[kind] : []
  const given = Object.entries<string | number>(details).sort(([a], [b]) => (a < b ? -1 : 1))
  if (!Object.hasOwn(AUDIT_KINDS, kind) || given.length !== names.length || !given.every(([name], i) => name === names[i]))
    throw new SecureError('E_FORMAT', `An audit entry ${kind} has the details ${names.join(', ') || 'none'}.`)
  if (!Number.isSafeInteger(at) || at < 0) throw new SecureError('E_FORMAT', `An audit entry has a date in ms since 1970, not ${at}.`)
  if (given.some(([, value]) => HALF_PAIR.test(String(value)))) throw new SecureError('E_FORMAT', 'A detail of an audit entry is no text.')
  return withinLimit(lv(at, kind, ...given.flat()))
}

function withinLimit<B extends Uint8Array>(bytes: B): B {
  if (bytes.length > MAX_ENTRY_BYTES) throw new SecureError('E_FORMAT', `An audit entry has at most ${MAX_ENTRY_BYTES} bytes, not ${bytes.length}.`)
  return bytes
}

/** What an entry says. Throws `SecureError` E_FORMAT if the bytes are not the canonical form of one. */
export function readAuditEntry(bytes: Uint8Array): AuditRecord {
  const fields = new Fields(withinLimit(bytes))
  const at = fields.number(0, Number.MAX_SAFE_INTEGER)
  const kind = fields.text()
  if (!/^[a-z]+(\.[a-z]+)+$/.test(kind)) throw new SecureError('E_FORMAT', 'An audit entry has a kind, such as grant.changed.')
  const details: Record<string, string> = {}
  let last = ''
  while (!fields.done) {
    const name = fields.text()
    if (!/^[a-z][a-z0-9]*$/.test(name) || name <= last) throw new SecureError('E_FORMAT', 'The details of an audit entry are named, in ascending order.')
    details[name] = fields.text()
    last = name
  }
  return { at, kind, details }
}

/** The canonical form of what was read, of whatever kind it is. Throws `SecureError` E_FORMAT if it has none. */
export function formOf({ at, kind, details }: AuditRecord): Uint8Array {
  const form = lv(at, kind, ...Object.entries(details).flat())
  readAuditEntry(form)
  return form
}
