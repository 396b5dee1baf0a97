import {
  appendAudit,
  auditEntry,
  beginAudit,
  describeReport,
  entryLine,
  headerLine,
  readAuditEntry,
  sessionKey,
  signAudit,
  signatureLine,
  verifyAudit,
} from '@remote-assist/secure'
import fc from 'fast-check'
import { Random } from '../random.js'
import { promise, type Target, toHex } from '../target.js'
import { anyBytes, concat, sameBytes, securing } from './support.js'

const fixed = new Random(17)
const CUSTOMER = sessionKey(fixed.bytes(32))
const AGENT = sessionKey(fixed.bytes(32))
const HEADER = { session: fixed.bytes(16), participant: 2, key: CUSTOMER.publicKey }
const BEGIN = 1_790_000_000_000

/** The nth of so many entries: somebody joins, things happen, it ends. */
function entryAt(n: number, count: number): Uint8Array {
  const at = BEGIN + 1_000 * n
  if (n === 0) return auditEntry(at, 'participant.joined', { participant: 1, role: 1, name: 'Ada', organisation: 'Größe & Co', key: toHex(AGENT.publicKey) })
  return n === count - 1 ? auditEntry(at, 'session.ended', { code: 102 }) : auditEntry(at, 'control.changed', { participant: n % 2, epoch: n })
}

/** An intact log of so many entries; or, with an entry that says something else than was signed, one that is whole but for its signatures. */
function logOf(count: number, rewritten = -1): Uint8Array {
  let text = headerLine(HEADER)
  let chain = beginAudit(HEADER)
  let shown = chain
  for (let n = 0; n < count; n++) {
    const previous = shown.head
    const entry = entryAt(n, count)
    chain = appendAudit(chain, entry, n).chain
    const next = appendAudit(shown, n === rewritten ? auditEntry(BEGIN + 1_000 * n, 'control.changed', { participant: 9, epoch: 9 }) : entry, n)
    shown = next.chain
    text += entryLine(next.message, previous, shown.head)
    if (n !== count - 1 && n % 3 !== 2) continue
    for (const [key, participant] of [
      [CUSTOMER, 2],
      [AGENT, 1],
    ] as const) {
      const signed = signAudit(chain, key)
      chain = signed.chain
      text += signatureLine(signed.sign, participant)
    }
  }
  return new TextEncoder().encode(text)
}

/** A log without its signatures: a later one covers what an earlier one covered, which may be missing then. */
const withoutSignatures = (log: Uint8Array): string =>
  Buffer.from(log)
    .toString('latin1')
    .split(/(?<=\n)/)
    .filter(line => !line.startsWith('{"signs":'))
    .join('')

const LOGS = [2, 3, 4, 7, 8].map(count => logOf(count))
const ENTRIES = LOGS.map(withoutSignatures)

/** Logs with whole lines left out, said again and moved. */
const shuffled = fc.tuple(fc.constantFrom(...LOGS), fc.array(fc.tuple(fc.nat(2), fc.nat(40), fc.nat(40)), { maxLength: 3 })).map(([log, edits]) => {
  let lines = new TextDecoder().decode(log).split(/(?<=\n)/)
  for (const [kind, from, to] of edits) {
    const line = lines[from % lines.length] ?? ''
    if (kind !== 1) lines = lines.toSpliced(from % lines.length, 1)
    if (kind !== 0) lines = lines.toSpliced(to % (lines.length + 1), 0, line)
  }
  return new TextEncoder().encode(lines.join(''))
})

const forged = fc.tuple(fc.integer({ min: 3, max: 8 }), fc.integer({ min: 1, max: 6 })).map(([count, at]) => logOf(count, at % (count - 1) || 1))

/** The verifier of audit logs. */
export const audit: Target = {
  name: 'audit',
  title: 'only the log that was signed is intact, and whatever a file holds, the verifier says what is wrong and does not throw',
  seeds: () => LOGS,
  grammar: () => fc.oneof({ weight: 4, arbitrary: shuffled }, { weight: 1, arbitrary: forged }),
  run: input => {
    const report = verifyAudit(input)
    promise(describeReport(report).length > 0, 'a report says nothing')
    const entries = withoutSignatures(input)
    promise(report.verdict !== 'intact' || ENTRIES.includes(entries), 'a log is intact whose entries are not those that were signed')
    promise(report.verdict === 'intact' || !LOGS.some(log => sameBytes(log, input)), `a signed log is ${report.verdict}`)
    const own = verifyAudit(input, AGENT.publicKey)
    promise(own.verdict !== 'intact', 'a log of another customer is intact')
    return report.fault?.kind ?? report.verdict
  },
}

const entries = fc
  .tuple(fc.nat(), fc.array(fc.tuple(fc.string({ unit: 'grapheme', maxLength: 4 }), fc.string({ unit: 'grapheme', maxLength: 8 })), { maxLength: 4 }))
  .map(([at, details]) => lv(String(at), 'control.changed', ...details.sort(([a], [b]) => (a < b ? -1 : 1)).flat()))

/** Each behind its length in four bytes. */
function lv(...fields: readonly (string | Uint8Array)[]): Uint8Array {
  return concat(
    ...fields.flatMap(field => {
      const bytes = typeof field === 'string' ? new TextEncoder().encode(field) : field
      const length = new Uint8Array(4)
      new DataView(length.buffer).setUint32(0, bytes.length)
      return [length, bytes]
    }),
  )
}

/** The reader of one entry, in its canonical form. */
export const auditEntries: Target = {
  name: 'audit-entry',
  title: 'an entry is read only from the one form in which it is written; else SecureError',
  seeds: () => [0, 1, 2].map(n => entryAt(n, 3)),
  grammar: () => fc.oneof(entries, anyBytes()),
  run: input => {
    const answer = securing(() => readAuditEntry(input))
    if ('refused' in answer) return answer.refused
    const { at, kind, details } = answer.value
    promise(sameBytes(lv(String(at), kind, ...Object.entries(details).flat()), input), 'an entry is read that would be written otherwise')
    return 'read'
  },
}
