/** Where the lines of an audit log go. */
import { AssistError } from '../errors.js'

/**
 * Takes the lines of an audit log, each with its line feed, in order, and keeps them as they are. `log` counts the logs of an end from 1: an agent has another one with
 * each customer, a customer has one. It must not wait; what it throws ends the log at this end.
 */
export type AuditSink = (line: string, log: number) => void

/** Writes the lines of one log until the sink fails; then says so, once. */
export function lineWriter(sink: AuditSink | undefined, log: number, broken: (error: AssistError) => void): (line: string) => void {
  let open = sink
  return line => {
    try {
      open?.(line, log)
    } catch (cause) {
      open = undefined
      broken(auditError('The audit log cannot be written any more.', cause))
    }
  }
}

/** What went wrong with an audit log. */
export const auditError = (message: string, cause?: unknown): AssistError =>
  new AssistError('E_AUDIT', message, { cause, hint: 'The session goes on; decide whether it should.' })
