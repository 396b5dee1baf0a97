/** An audit log in memory, and what it says. */
import { type AuditReport, verifyAudit } from '@remote-assist/secure'
import type { AuditSink } from '../../src/audit/sink.js'

export interface Written {
  readonly index: number
  readonly at: number
  readonly kind: string
  readonly details: Readonly<Record<string, string>>
}

export class Log {
  readonly lines: string[] = []
  readonly sink: AuditSink = line => void this.lines.push(line)

  get text(): string {
    return this.lines.join('')
  }

  get entries(): readonly Written[] {
    return this.lines.map(line => JSON.parse(line)).filter(line => 'index' in line)
  }

  /** The details of the entries of a kind. */
  of(kind: string): readonly Readonly<Record<string, string>>[] {
    return this.entries.filter(entry => entry.kind === kind).map(({ details }) => details)
  }

  /** The verdict of the verifier. */
  report(customerKey?: Uint8Array): AuditReport {
    return verifyAudit(new TextEncoder().encode(this.text), customerKey)
  }
}
