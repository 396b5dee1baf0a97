import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { bytesOf } from '../audit/lines.js'
import { describeReport } from '../audit/report.js'
import { showAudit } from '../audit/show.js'
import { verifyAudit } from '../audit/verify.js'

const USAGE = `remote-assist-audit verify FILE [--customer-key HEX] [--json FILE]
remote-assist-audit show FILE

Verifies an audit log and names the first entry that was altered, dropped, reordered, duplicated or forked; or shows what happened, an entry a line,
also while the session goes on.

  --customer-key HEX   the customer's session key, where it is known: the log has to be of this customer
  --json FILE          writes the report as JSON

Exit: 0 intact, and signed by both ends to the end of the session · 1 not so · 2 not understood, or the file cannot be read`

/** Larger files are not read. */
const MAX_FILE_BYTES = 256 * 1024 * 1024

/** Where a command writes. */
export interface CommandOutput {
  out(line: string): void
  err(line: string): void
}

/** What the command was asked to do. */
interface Wish {
  readonly verb: 'verify' | 'show'
  readonly file: string
  readonly json: string | undefined
  readonly customerKey: Uint8Array | undefined
}

/** `remote-assist-audit`: returns the exit code. */
export function runAudit(args: readonly string[], { out, err }: CommandOutput): 0 | 1 | 2 {
  try {
    const wish = readWish(args)
    if (wish === undefined) {
      out(USAGE)
      return 0
    }
    if (wish.verb === 'show') {
      for (const line of showAudit(readLog(wish.file))) out(line)
      return 0
    }
    const report = verifyAudit(readLog(wish.file), wish.customerKey)
    for (const line of describeReport(report)) out(line)
    if (wish.json !== undefined) writeFileSync(wish.json, `${JSON.stringify(report, undefined, 2)}\n`)
    return report.verdict === 'intact' ? 0 : 1
  } catch (error) {
    err(error instanceof Error ? error.message : String(error))
    if (error instanceof UsageError || (error as { code?: unknown }).code?.toString().startsWith('ERR_PARSE_ARGS')) err(USAGE)
    return 2
  }
}

/** The command was not understood. */
class UsageError extends Error {}

function readWish(args: readonly string[]): Wish | undefined {
  const options = { help: { type: 'boolean', short: 'h' }, json: { type: 'string' }, 'customer-key': { type: 'string' } } as const
  const { positionals, values } = parseArgs({ args: [...args], allowPositionals: true, options })
  if (values.help === true) return undefined
  const [verb, file, ...rest] = positionals
  if ((verb !== 'verify' && verb !== 'show') || file === undefined || rest.length > 0) throw new UsageError('Which log is to be verified, or shown?')
  const hex = values['customer-key']
  const customerKey = hex === undefined ? undefined : bytesOf(hex.toLowerCase(), 32)
  if (hex !== undefined && customerKey === undefined) throw new UsageError('A customer’s key has 64 hexadecimal digits.')
  return { verb, file, json: values.json, customerKey }
}

function readLog(file: string): Uint8Array {
  const { size } = statSync(file)
  if (size > MAX_FILE_BYTES) throw new Error(`${file} has ${size} bytes; a log of more than ${MAX_FILE_BYTES} is not read.`)
  return readFileSync(file)
}
