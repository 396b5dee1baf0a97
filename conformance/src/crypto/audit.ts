import { hex, join, lv, sha256, unlv } from './bytes.js'
import { type SessionKey, verifies } from './keys.js'

/** The audit log: its forms, its chain, its signatures. */

/** An entry as it reads. Details are texts, by name. */
export interface AuditFacts {
  readonly at: number
  readonly kind: string
  readonly details: Readonly<Record<string, string>>
}

/** Names of the details of each kind, as the specification's table has them. */
export const auditKinds: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  `session.begun: broker policy
session.resumed: key participant
session.ended: code
proof.failed: class code date left participant
participant.joined: key name organisation participant role
participant.identified: name organisation participant
participant.left: code participant
lead.changed: participant
words.confirmed: by participant
consent.asked: participant permissions
consent.decided: participant permissions
grant.changed: expires participant permission source state
capability.issued: form participant serial
control.changed: epoch participant
input.used: began buttons ended epoch moves participant presses texts wheels
session.paused:
session.unpaused:
media.rekeyed: epoch
invitation.registered: invitation participant role
invitation.revoked: invitation
recording.changed: participant state
screen.shown: participant screen
screen.hidden: participant
clipboard.synced: direction participant state
clipboard.passed: bytes direction mime participant
file.decided: bytes decision direction entries participant transfer
file.sent: bytes name participant sha256 transfer
file.verified: bytes name participant sha256 transfer
file.ended: participant reason transfer
keys.sent: combo participant result
elevation.asked: duration method participant reason request scope
elevation.changed: participant phase reason request
command.run: argv command participant sha256 user
command.ended: by code command participant
user.switched: participant request
rejoin.asked: participant reason request
rejoin.changed: participant request state
rejoin.used: participant`
    .split('\n')
    .map(line => [
      line.slice(0, line.indexOf(':')),
      line
        .slice(line.indexOf(':') + 1)
        .split(' ')
        .filter(Boolean),
    ]),
)

/** The form of an entry, names ascending (RA-SEC-252). */
export function auditEntry({ at, kind, details }: AuditFacts): Uint8Array {
  const sorted = Object.keys(details).sort()
  return lv(at, kind, ...sorted.flatMap(name => [name, details[name] ?? '']))
}

/** Reads an entry. Throws if it has another form, an unknown kind, or not exactly that kind's details (RA-SEC-251). */
export function readAuditEntry(entry: Uint8Array): AuditFacts {
  const [at = '', kind = '', ...rest] = unlv(entry).map(field => new TextDecoder('utf-8', { fatal: true }).decode(field))
  const names = rest.filter((_, place) => place % 2 === 0)
  const details = Object.fromEntries(names.map((name, place) => [name, rest[place * 2 + 1] ?? '']))
  const facts = { at: Number(at), kind, details }
  if (!(kind in auditKinds)) throw new Error(`An audit entry of kind “${kind}”.`)
  if (String(names) !== String(auditKinds[kind])) throw new Error(`An audit entry ${kind} with the details ${String(names) || 'none'}.`)
  if (entry.length > 4_096 || hex(auditEntry(facts)) !== hex(entry)) throw new Error(`An audit entry ${kind} in another form.`)
  return facts
}

/** The hash of the header (RA-SEC-253). */
export const auditHeader = (session: Uint8Array, customer: number, key: Uint8Array): Uint8Array =>
  sha256(join(Uint8Array.of(1), lv('RA1-audit', session, customer, key)))

/** The hash of an entry (RA-SEC-254). */
export const auditHash = (previous: Uint8Array, index: number, entry: Uint8Array): Uint8Array => sha256(join(Uint8Array.of(0), previous, lv(index, entry)))

/** What an `AuditSign` signs (RA-SEC-255). */
export const auditSigned = (session: Uint8Array, index: number, head: Uint8Array): Uint8Array => lv('RA1-audit-sign', session, index, head)

/** A log as one end keeps it: the customer appends, an agent takes. */
export class AuditLog {
  readonly entries: AuditFacts[] = []
  readonly #session: Uint8Array
  readonly #hashes: Uint8Array[]

  constructor(session: Uint8Array, customer: number, customerKey: Uint8Array) {
    this.#session = session
    this.#hashes = [auditHeader(session, customer, customerKey)]
  }

  /** How many entries there are. */
  get length(): number {
    return this.entries.length
  }

  /** The hash of entry `index`. */
  head(index: number): Uint8Array | undefined {
    return this.#hashes[index + 1]
  }

  /** Takes entry `index`. An entry that is there already is passed over. Throws if it is not the next one or not as it has to be. */
  take(index: number, entry: Uint8Array): void {
    if (index < this.length) return
    if (index > this.length) throw new Error(`Audit entry ${index} came after ${this.length - 1}.`)
    this.entries.push(readAuditEntry(entry))
    this.#hashes.push(auditHash(this.#hashes.at(-1) ?? new Uint8Array(0), index, entry))
  }

  /** The fields of an `AuditSign` over everything so far. Throws if there is nothing. */
  sign(key: SessionKey): { readonly index: string; readonly head: Uint8Array; readonly signature: Uint8Array } {
    const index = this.length - 1
    const head = this.head(index)
    if (head === undefined) throw new Error('An audit log without entries is not signed.')
    return { index: String(index), head, signature: key.sign(auditSigned(this.#session, index, head)) }
  }

  /** Whether a signature is of this log and by this key. */
  verify(sign: { readonly index: number; readonly head: Uint8Array; readonly signature: Uint8Array }, key: Uint8Array): boolean {
    const head = this.head(sign.index)
    return head !== undefined && hex(head) === hex(sign.head) && verifies(key, auditSigned(this.#session, sign.index, head), sign.signature)
  }
}
