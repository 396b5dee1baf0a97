import { appendFileSync, closeSync, openSync } from 'node:fs'
import type { AuditSink } from '../audit/sink.js'
import { AssistError } from '../errors.js'

/**
 * Keeps audit logs in files that only their owner reads (0600), each made new and only ever appended to: the first log in `path`, the nth in `path.n`.
 * `remote-assist-audit verify` verifies one. Throws `E_AUDIT` if `path` exists, or cannot be made.
 */
export function auditFile(path: string): AuditSink {
  create(path)
  let newest = 1
  return (line, log) => {
    const file = log === 1 ? path : `${path}.${log}`
    if (log > newest) create(file)
    newest = Math.max(newest, log)
    appendFileSync(file, line)
  }
}

function create(path: string): void {
  try {
    closeSync(openSync(path, 'ax', 0o600))
  } catch (cause) {
    const exists = (cause as NodeJS.ErrnoException).code === 'EEXIST'
    throw new AssistError('E_AUDIT', exists ? `${path} exists; a log is not written over another one.` : `The audit log cannot be kept in ${path}.`, {
      cause,
      hint: 'Name another file.',
    })
  }
}
