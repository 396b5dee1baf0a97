/** Logs to verify. */
import {
  type AuditChain,
  type AuditReport,
  appendAudit,
  auditEntry,
  beginAudit,
  entryLine,
  headerLine,
  type SessionKey,
  sessionKey,
  signAudit,
  signatureLine,
  verifyAudit,
} from '../../src/index.js'
import { seeded, toHex } from '../support/bytes.js'

export const CUSTOMER = sessionKey(seeded(1, 32))
export const AGENT = sessionKey(seeded(2, 32))
export const HEADER = { session: seeded(3, 16), participant: 2, key: CUSTOMER.publicKey }
export const NOW = 1_790_000_000_000

/** The nth entry of a session: the agent joins first, and then things happen. */
export function nthEntry(n: number, count: number): Uint8Array {
  const at = NOW + n * 1_000
  if (n === 0) return auditEntry(at, 'participant.joined', { participant: 1, role: 1, name: 'Ada', organisation: 'Größe & Co', key: toHex(AGENT.publicKey) })
  if (n === count - 1) return auditEntry(at, 'session.ended', { code: 102 })
  return auditEntry(at, 'control.changed', { participant: n % 2, epoch: n })
}

/** A line of a log, and the entry that it holds, or covers. */
export interface Line {
  readonly type: 'header' | 'entry' | 'signature'
  readonly index: number
  readonly text: string
}

/** The log of a session of so many entries; both ends sign after these entries and after the last. */
export function logOf(
  count: number,
  signedAfter: readonly number[] = [],
  entryOf: (n: number, count: number) => Uint8Array = nthEntry,
  agent: SessionKey = AGENT,
): Line[] {
  const lines: Line[] = [{ type: 'header', index: 0, text: headerLine(HEADER) }]
  let chain: AuditChain = beginAudit(HEADER)
  const signed = (key: SessionKey, participant: number, index: number) => {
    const { sign, chain: next } = signAudit(chain, key)
    chain = next
    lines.push({ type: 'signature', index, text: signatureLine(sign, participant) })
  }
  for (let n = 0; n < count; n++) {
    const previous = chain.head
    const { chain: next, message } = appendAudit(chain, entryOf(n, count), n)
    chain = next
    lines.push({ type: 'entry', index: n, text: entryLine(message, previous, chain.head) })
    if (signedAfter.includes(n) || n === count - 1) {
      signed(CUSTOMER, 2, n)
      signed(agent, 1, n)
    }
  }
  return lines
}

/** Verifies what these lines make up. */
export const verify = (lines: readonly Pick<Line, 'text'>[], customerKey?: Uint8Array): AuditReport =>
  verifyAudit(new TextEncoder().encode(lines.map(({ text }) => text).join('')), customerKey)
