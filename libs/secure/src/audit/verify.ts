/** Verifies a log, line by line, and names the first entry that is not as it was written. */
import { sameBytes } from '../bytes.js'
import { SecureError } from '../errors.js'
import { type AuditHeader, type AuditSignature, checkHead, entryHash, headerHash } from './chain.js'
import { type AuditLine, bytesOf, hexOf, readLine } from './lines.js'
import type { AuditFault, AuditFaultKind, AuditReport, AuditSigner } from './report.js'

type EntryLine = Extract<AuditLine, { type: 'entry' }>

const LINE_FEED = 0x0a
const NOTHING = new Uint8Array(0)

/** A signer, and how many entries its signatures cover. */
interface Signer {
  readonly key: Uint8Array
  covered: number
}

/**
 * What a log is worth. Nothing that it may hold makes this throw.
 * @param file its bytes
 * @param customerKey the key that the customer's has to be, 32 bytes, where it is known from elsewhere; without it, the log says itself whose it is
 */
export function verifyAudit(file: Uint8Array, customerKey?: Uint8Array): AuditReport {
  const verifier = new Verifier(file)
  const fault = verifier.run(customerKey)
  return verifier.report(fault)
}

class Verifier {
  readonly #lines: readonly Uint8Array[]
  readonly #cutOff: boolean
  readonly #entries: EntryLine[] = []
  readonly #signers = new Map<number, Signer>()
  #header: AuditHeader | undefined
  #head: Uint8Array = NOTHING
  #line = 1

  constructor(file: Uint8Array) {
    const lines: Uint8Array[] = []
    let start = 0
    for (let end = file.indexOf(LINE_FEED); end >= 0; end = file.indexOf(LINE_FEED, start)) {
      lines.push(file.subarray(start, end))
      start = end + 1
    }
    this.#cutOff = start < file.length
    this.#lines = lines
  }

  /** The first fault. */
  run(customerKey: Uint8Array | undefined): AuditFault | undefined {
    const first = readLine(this.#lines[0] ?? NOTHING)
    if (first?.type !== 'header') return this.#fault('unreadable', 'This is not the first line of an audit log.')
    const { header } = first
    if (customerKey !== undefined && !sameBytes(customerKey, header.key))
      return this.#fault('signature', 'The log is not of the customer with the expected key.')
    this.#header = header
    this.#head = headerHash(header)
    this.#signers.set(header.participant, { key: header.key, covered: 0 })
    for (const bytes of this.#lines.slice(1)) {
      this.#line++
      const fault = this.#read(bytes)
      if (fault !== undefined) return fault
    }
    this.#line++
    return this.#cutOff ? this.#fault('altered', `The file breaks off in the middle of a line, at entry ${this.#next}.`) : undefined
  }

  report(fault: AuditFault | undefined): AuditReport {
    const customer = this.#header?.participant
    const covered = (wanted: boolean) => Math.max(0, ...[...this.#signers].filter(([number]) => (number === customer) === wanted).map(([, it]) => it.covered))
    const signedByBoth = Math.min(covered(true), covered(false))
    const ended = this.#entries.at(-1)?.record.kind === 'session.ended'
    const signers: AuditSigner[] = [...this.#signers].map(([participant, { key, covered }]) => ({ participant, key: hexOf(key), entries: covered }))
    const complete = ended && signedByBoth === this.#next
    return {
      verdict: fault !== undefined ? 'faulty' : complete ? 'intact' : 'incomplete',
      session: this.#header && hexOf(this.#header.session),
      entries: this.#next,
      signedByBoth,
      ended,
      signers,
      fault,
    }
  }

  /** The number of the entry that is awaited. */
  get #next(): number {
    return this.#entries.length
  }

  #read(bytes: Uint8Array): AuditFault | undefined {
    const line = readLine(bytes)
    switch (line?.type) {
      case 'entry':
        return this.#readEntry(line)
      case 'signature':
        return this.#readSignature(line.participant, line.sign)
      case 'header':
        return this.#fault('duplicated', `A second log begins where entry ${this.#next} is awaited.`)
      case undefined:
        return this.#fault('altered', `Entry ${this.#next}, or a signature before it, was altered: the line is not as it was written.`)
    }
  }

  #readEntry(line: EntryLine): AuditFault | undefined {
    if (!this.#follows(line)) return this.#misplaced(line)
    this.#entries.push(line)
    this.#head = entryHash(this.#head, line.message)
    const { kind, details } = line.record
    const key = bytesOf(details.key, 32)
    const participant = Number(details.participant)
    if ((kind === 'participant.joined' || kind === 'session.resumed') && key !== undefined && participant !== this.#header?.participant)
      this.#signers.set(participant, { key, covered: this.#signers.get(participant)?.covered ?? 0 })
    return undefined
  }

  /** Whether it is the next entry, just as it was written. */
  #follows({ message, previous, hash }: EntryLine): boolean {
    return message.index === this.#next && previous === hexOf(this.#head) && hash === hexOf(entryHash(this.#head, message))
  }

  /** An entry that is not the next one as it was written: says which one is wrong, and how. */
  #misplaced(line: EntryLine): AuditFault {
    const next = this.#next
    const { index, entry } = line.message
    const own = hexOf(entryHash(bytesOf(line.previous, 32) ?? this.#head, line.message)) === line.hash
    const renumbered = hexOf(entryHash(this.#head, { index: next, entry })) === line.hash
    if (renumbered && index !== next) return this.#fault('altered', `Entry ${next} was altered: it has the number ${index}.`)
    if (index < next) {
      if (this.#entries[index]?.hash === line.hash) return this.#fault('duplicated', `Entry ${index} stands again where entry ${next} is awaited.`, index)
      return this.#fault('forked', `There is another entry ${index} where entry ${next} is awaited.`, index)
    }
    const elsewhere = this.#later(next)
    if (index === next) {
      if (elsewhere !== undefined)
        return this.#fault('forked', `There are two entries ${next}; the other one, in line ${elsewhere}, follows on what is before.`)
      if (own && line.previous !== hexOf(this.#head)) return this.#rewrittenBefore(next)
      return this.#fault('altered', `Entry ${next} was altered.`)
    }
    if (elsewhere !== undefined) return this.#fault('reordered', `Entry ${next} stands in line ${elsewhere}, behind entry ${index}.`)
    const missing = index - next === 1 ? `Entry ${next} was dropped` : `Entries ${next} to ${index - 1} were dropped`
    return this.#fault('dropped', `${missing}: entry ${index} follows on what is before.`, next, index - 1)
  }

  /** This entry is whole, but follows on something else than what stands before it. */
  #rewrittenBefore(next: number): AuditFault {
    if (next === 0) return this.#fault('altered', 'The first line was altered: entry 0 follows on another one.')
    const signed = Math.max(...[...this.#signers.values()].map(({ covered }) => covered))
    if (signed >= next) return this.#fault('forked', `Entry ${next} follows on another entry ${next - 1} than the one that was signed.`)
    return this.#fault('altered', `Entry ${next - 1} was altered, with its hash: entry ${next} follows on another one.`, next - 1)
  }

  /** The line, from 1, of an entry further on that is the one of this number. */
  #later(index: number): number | undefined {
    for (let at = this.#line; at < this.#lines.length; at++) {
      const line = readLine(this.#lines[at] ?? NOTHING)
      if (line?.type === 'entry' && line.message.index === index && this.#follows(line)) return at + 1
    }
    return undefined
  }

  #readSignature(participant: number, sign: AuditSignature): AuditFault | undefined {
    const { index, head } = sign
    const signer = this.#signers.get(participant)
    if (signer === undefined) return this.#fault('signature', `Participant ${participant} signed entry ${index}, but no entry says that it joined.`, index)
    if (!this.#isSigned(sign, signer.key))
      return this.#fault('signature', `The signature of participant ${participant} over entry ${index} was altered.`, index)
    if (index >= this.#next) {
      const elsewhere = this.#later(this.#next)
      if (elsewhere !== undefined) return this.#fault('reordered', `Entry ${this.#next} stands in line ${elsewhere}, behind a signature over it.`)
      return this.#fault('dropped', `Entry ${this.#next} was dropped: participant ${participant} signed up to entry ${index}.`, this.#next, index)
    }
    if (this.#entries[index]?.hash !== hexOf(head)) return this.#rewritten(participant, index, signer.covered)
    if (index < signer.covered)
      return this.#fault('duplicated', `A signature of participant ${participant} over entry ${index} stands again, or too late.`, index)
    signer.covered = index + 1
    return undefined
  }

  #isSigned(sign: AuditSignature, key: Uint8Array): boolean {
    try {
      checkHead(this.#header?.session ?? NOTHING, sign, key)
      return true
    } catch (error) {
      if (error instanceof SecureError) return false
      throw error
    }
  }

  /** A true signature over other entries than those that stand here. */
  #rewritten(participant: number, index: number, covered: number): AuditFault {
    const confirmed = [...this.#signers].some(([number, signer]) => number !== participant && signer.covered > index)
    const which = index === covered ? `entry ${index}` : `entries ${covered} to ${index}, one or more,`
    return confirmed
      ? this.#fault('forked', `Participant ${participant} signed other ${which} than the other end did.`, covered, index)
      : this.#fault('altered', `Of ${which} the log has not what participant ${participant} signed: they were rewritten with their hashes.`, covered, index)
  }

  #fault(kind: AuditFaultKind, message: string, index = this.#next, last = index): AuditFault {
    return { kind, index, last, line: this.#line, message }
  }
}
