/** The report as JSON, which schema/report.schema.json describes, and back. */
import type { RunReport } from '../model.js'

/** Longer content is cut in reports: enough to see what it is. */
const MAX_SHOWN_BYTES = 4_096

/** Bytes as reports write them: `hex:0a0b`; of long ones the beginning, and their length. */
export function bytesText(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes.subarray(0, MAX_SHOWN_BYTES)).toString('hex')
  return bytes.length > MAX_SHOWN_BYTES ? `hex:${hex}… (${bytes.length} bytes)` : `hex:${hex}`
}

/** The same with bytes as `hex:…` and big integers as decimal digits: what JSON can say. */
export function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return bytesText(value)
  if (typeof value === 'bigint') return String(value)
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, content]) => [key, plain(content)]))
}

/** The whole report. */
export const renderJson = (report: RunReport): string => `${JSON.stringify(plain(report), undefined, 1)}\n`

/** What of a stored report other commands need. */
export type StoredReport = Pick<RunReport, 'verdict' | 'role' | 'profiles' | 'spec' | 'implementation' | 'results' | 'command'>

/** Reads what `renderJson` wrote. Throws, with what is wrong, if it is no report. */
export function readReport(text: string, file: string): StoredReport {
  const report = parse(text, file) as Partial<RunReport> | null
  const isReport =
    typeof report === 'object' &&
    typeof report?.verdict === 'string' &&
    typeof report.command === 'string' &&
    Array.isArray(report.results) &&
    report.results.every(result => typeof result?.case?.id === 'string' && typeof result.verdict === 'string' && Array.isArray(result.checks))
  if (!isReport) throw new Error(`${file} is no report of this suite.`)
  return report as StoredReport
}

function parse(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Error(`${file} is no JSON: ${error instanceof Error ? error.message : error}`)
  }
}
