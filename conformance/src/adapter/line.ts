/** The line to a testee's process, whichever way it is attached. */
import type { WireFormat } from './contract.js'
import type { AdapterError, TesteeCrash } from './errors.js'

/** What comes from the other end. After `failed` or `ended` nothing comes any more. */
export interface LineListener {
  /** A frame, not decoded yet. */
  frame(bytes: Uint8Array): void
  /** What came is no frame. */
  failed(error: AdapterError): void
  /** The process ended, or its connection. */
  ended(exit: TesteeCrash['exit']): void
}

/** An open line. */
export interface Line {
  readonly wire: WireFormat
  /** The end of what the testee wrote to stderr; empty where the suite did not start it. */
  readonly stderrTail: string
  send(frame: Uint8Array): void
  /** Ends it, and the process with it if the suite started that. */
  kill(): void
}

/** Opens a new line: starts a process, or waits for one to dial in. Rejects with `AdapterError` NOT_STARTED. */
export type OpenLine = (listener: LineListener) => Promise<Line>
