import type { Host } from '@remote-assist/peer'

/**
 * The person and the programs in front of a host: what a test does to the desktop from the other side, and what it sees there. It must not go through the
 * host that it watches. A method that waits rejects when what it waits for does not come within a few seconds.
 */
export interface HostWitness {
  /** Gives the keyboard to a program that takes text, and forgets what it took before. */
  focusText(): Promise<void>
  /** Resolves when that program has taken exactly this text since `focusText`. */
  received(text: string): Promise<void>
  /** Resolves when the pointer is there. */
  pointerAt(screenId: number, x: number, y: number): Promise<void>
  /** Resolves when exactly these keys (HID usages) and mouse buttons (0 left …) are down. */
  holds(keys: readonly number[], buttons: readonly number[]): Promise<void>
  /** Changes some pixels of a screen; resolves when they are on show, with one of them and its colour, 0xRRGGBB. */
  paint(screenId: number): Promise<{ readonly x: number; readonly y: number; readonly colour: number }>
  /** Moves the mouse once, as the local user would. */
  moveMouse(): Promise<void>
  /** Copies a text to the clipboard, as another program would. */
  copy(text: string): Promise<void>
  /** The text that another program would paste. */
  paste(): Promise<string | undefined>
  /** As `copy`, in one other format: `text/html` or `image/png`. Needed if the host carries more than text. */
  copyAs?(mime: string, data: Uint8Array): Promise<void>
  /** As `paste`, in one other format. */
  pasteAs?(mime: string): Promise<Uint8Array | undefined>
  /** As `copy`, by a program that marks it as a secret. Needed if programs there can. */
  copySecret?(text: string): Promise<void>
  /** Takes a monitor away; resolves with its id. Another one is left. */
  unplug(): Promise<number>
  /** Locks the screen, or unlocks it, as the local user would. Needed if the host hears of it. */
  lock?(on: boolean): Promise<void>
  /** Answers the operating system's prompt for elevation, once it is open. Needed if the host can elevate. */
  answerPrompt?(answer: 'yes' | 'no'): Promise<void>
  /** False where that prompt is a window among others, and no secure desktop covers the screens. */
  readonly secureDesktop?: false
  /** Accounts whose credentials elevate. Needed if the host takes credentials. */
  readonly accounts?: {
    readonly administrator: Login
    /** An account that may not have the powers of an administrator. */
    readonly ordinary?: Login
  }
  /** Commands to run elevated. Needed if the host can elevate. */
  readonly commands?: {
    /** Writes `output` and ends with `exitCode`. */
    readonly short: { readonly argv: readonly string[]; readonly output: string; readonly exitCode: number }
    /** Does not end by itself. */
    readonly endless: readonly string[]
  }
}

/** The name of an account, and its password. */
export interface Login {
  readonly account: string
  readonly password: string
}

/** A host, freshly made, and its witness. */
export interface HostSetup {
  readonly host: Host
  readonly witness: HostWitness
  /** Frees everything; called after each case, when the host may be closed already. */
  close(): Promise<void>
}

/** One thing that every host must do. `run` rejects, with a sentence that says what was wrong, if this one does not. */
export interface ComplianceCase {
  readonly name: string
  run(): Promise<void>
}
