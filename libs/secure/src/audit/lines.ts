/** The file: JSON lines, the header first, then one entry or one signature on each. A line has one form, to the byte. */
import { SecureError } from '../errors.js'
import { type AuditHeader, type AuditMessage, type AuditSignature, beginAudit, isParticipant } from './chain.js'
import { type AuditRecord, formOf, readAuditEntry } from './entry.js'

/** Names the format in the first line. */
export const AUDIT_FORMAT = 'remote-assist-audit/1'

/** What a line says. */
export type AuditLine =
  | { readonly type: 'header'; readonly header: AuditHeader }
  | { readonly type: 'entry'; readonly message: AuditMessage; readonly record: AuditRecord; readonly previous: string; readonly hash: string }
  | { readonly type: 'signature'; readonly participant: number; readonly sign: AuditSignature }

/** The first line of a file. Each line ends with a line feed. */
export const headerLine = ({ session, participant, key }: AuditHeader): string =>
  line({ format: AUDIT_FORMAT, session: hexOf(session), participant, key: hexOf(key) })

/** The line of an entry with that hash, which follows on `previous`, the hash before it. Throws `SecureError` E_FORMAT if the bytes are no entry. */
export const entryLine = ({ index, entry }: AuditMessage, previous: Uint8Array, hash: Uint8Array): string =>
  line({ index, ...readAuditEntry(entry), previous: hexOf(previous), hash: hexOf(hash) })

/** The line of a signature by that participant. */
export const signatureLine = ({ index, head, signature }: AuditSignature, participant: number): string =>
  line({ signs: index, head: hexOf(head), participant, signature: hexOf(signature) })

/** What a line says, without its line feed. Undefined unless it has exactly the form in which it would be written. */
export function readLine(bytes: Uint8Array): AuditLine | undefined {
  try {
    const text = utf8.decode(bytes)
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null) return undefined
    const read = 'format' in value ? readHeader(value) : 'signs' in value ? readSignature(value) : readEntry(value)
    return read !== undefined && written(read) === `${text}\n` ? read : undefined
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof SecureError || error instanceof TypeError) return undefined
    throw error
  }
}

/** Bytes as hexadecimal text. */
export function hexOf(bytes: Uint8Array): string {
  let hex = ''
  for (const byte of bytes) hex += HEX[byte]
  return hex
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** Bytes of a hexadecimal text; undefined if it is none, or not of that length. */
export function bytesOf(hex: unknown, length: number): Uint8Array | undefined {
  if (typeof hex !== 'string' || hex.length !== 2 * length || !/^[0-9a-f]*$/.test(hex)) return undefined
  return Uint8Array.from({ length }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16))
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const line = (value: object): string => `${JSON.stringify(value)}\n`

function written(read: AuditLine): string {
  switch (read.type) {
    case 'header':
      return headerLine(read.header)
    case 'signature':
      return signatureLine(read.sign, read.participant)
    case 'entry':
      return line({ index: read.message.index, ...readAuditEntry(read.message.entry), previous: read.previous, hash: read.hash })
  }
}

function readHeader(value: object): AuditLine | undefined {
  const { session, participant, key } = value as Readonly<Record<string, unknown>>
  const header = { session: bytesOf(session, 16), participant, key: bytesOf(key, 32) }
  if (header.session === undefined || header.key === undefined || !isParticipant(participant)) return undefined
  return { type: 'header', header: beginAudit(header as AuditHeader).header }
}

function readSignature(value: object): AuditLine | undefined {
  const { signs: index, head: hash, participant, signature: signed } = value as Readonly<Record<string, unknown>>
  const [head, signature] = [bytesOf(hash, 32), bytesOf(signed, 64)]
  if (!isIndex(index) || head === undefined || signature === undefined || !isParticipant(participant)) return undefined
  return { type: 'signature', participant, sign: { index, head, signature } }
}

function readEntry(value: object): AuditLine | undefined {
  const { index, at, kind, details, previous, hash } = value as Readonly<Record<string, unknown>>
  if (!isIndex(index) || typeof at !== 'number' || typeof kind !== 'string' || typeof details !== 'object' || details === null) return undefined
  if (bytesOf(previous, 32) === undefined || bytesOf(hash, 32) === undefined) return undefined
  if (!Object.values(details).every(detail => typeof detail === 'string')) return undefined
  const record = { at, kind, details: details as Readonly<Record<string, string>> }
  return { type: 'entry', message: { index, entry: formOf(record) }, record, previous: previous as string, hash: hash as string }
}

const isIndex = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0
