/** One connection as a player has it, whatever its binding. */
export interface Line {
  /** Sends a frame as one message. Does nothing once the line is over. */
  send(frame: Uint8Array): void
  /** Closes with a protocol close code. */
  close(code: number, reason: string): void
  /** Breaks the line without a close. */
  cut(): void
  /** Sends a message that holds no frame: a text, or neither frame nor close. */
  stray(): void
}

/** What a line tells its player. */
export interface LineEvents {
  frame(bytes: Uint8Array): void
  /** A message that holds no frame: a text, or neither frame nor close. */
  stray(what: string, bytes: Uint8Array): void
  /** It is over; the last thing that it tells. Code 0: it broke. */
  closed(code: number, reason: string): void
}

/** Takes a connection that is open: says who listens to it. Undefined: it is not taken. */
export type Accept = (line: Line) => LineEvents | undefined
