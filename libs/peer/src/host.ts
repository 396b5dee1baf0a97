/**
 * The Host interface: what a vendor implements to share something. Each part is small; a compliance suite comes with
 * `@remote-assist/customer/host-compliance`. Hosts know nothing of the protocol, of grants or of peers: whoever calls
 * them has already decided that the call is allowed.
 */

import type { Permission } from '@remote-assist/codec'

/** A rectangle in a screen's native pixels; `x` and `y` from its top left corner. */
export interface Rect {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** A region of a screen that nobody may see, in the screen's native pixels. What reaches beyond the screen means nothing. */
export interface Mask extends Rect {
  readonly screenId: number
}

/** One monitor. `x`, `y` place it in the desktop's common coordinate space, in native pixels. */
export interface ScreenInfo {
  /** Stable for as long as the same monitor is attached; never 0. */
  readonly id: number
  readonly name: string
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  /** 100 = 96 dpi. */
  readonly scalePercent: number
  /** Degrees clockwise. */
  readonly rotation: 0 | 90 | 180 | 270
  readonly primary: boolean
}

/** The pixels of one whole screen, BGRA with 4 bytes a pixel; alpha is ignored. */
export interface Image {
  readonly width: number
  readonly height: number
  /** Bytes from one row to the next, ≥ width × 4. */
  readonly stride: number
  readonly data: Uint8Array
}

/** One look at a screen. */
export interface Snapshot {
  /** Valid until the next `grab` on the same capture. */
  readonly image: Image
  /** What may have changed since the previous `grab`; the whole screen the first time. Empty if nothing did. Rectangles may overlap. */
  readonly damage: readonly Rect[]
  /** Monotonic time at which the pixels were read, in microseconds. */
  readonly capturedAtUs: number
}

/** A running capture of one screen. */
export interface Capture {
  /** Reads what changed. Rejects with `HostError` `E_SCREEN_GONE` if the screen was removed. */
  grab(): Promise<Snapshot>
  /** Stops; no `damaged` call comes afterwards. */
  stop(): void
}

/** A pointer's image; the hotspot is the pixel of it that points, from its top left corner. */
export interface CursorShape {
  readonly hotspotX: number
  readonly hotspotY: number
  /** BGRA with straight alpha, stride = width × 4. */
  readonly image: Image
}

/** The screens of the desktop: which there are, what is on them, and where the pointer is. */
export interface ScreenHost {
  /** The screens as they are now. */
  list(): readonly ScreenInfo[]
  /** Calls back after monitors came, went, moved or changed size. Returns a function that stops it. */
  onChange(listener: (screens: readonly ScreenInfo[]) => void): () => void
  /**
   * Starts capturing. The first `grab` needs no call: it returns the whole screen. From then on `damaged` is called when there is something to `grab`,
   * at least once between a change and the next `grab`.
   */
  capture(screenId: number, damaged: () => void): Promise<Capture>
  /** Pointer image and place as the local user sees them; the current ones at once. Returns a function that stops it. */
  onCursor(
    listener: (cursor: { readonly shape?: CursorShape; readonly position?: { readonly screenId: number; readonly x: number; readonly y: number } }) => void,
  ): () => void
  /**
   * Regions that nobody may see, such as the window of a password manager: the whole list, the present one at once, again after each change. They are painted
   * over before anything is encoded. Absent: the host knows of none. Returns a function that stops it.
   */
  onMasks?(listener: (masks: readonly Mask[]) => void): () => void
  /** Turns pixels into bytes. */
  readonly encoder: Encoder
  /** Encodes whole pictures, each on the ones before it. Absent: the host has no video, and everything is sent as rectangles. */
  readonly video?: VideoHost
}

/** How pictures are encoded as video. */
export type VideoCodec = 'h264' | 'vp9' | 'av1'

/** Encodes pictures as video. */
export interface VideoHost {
  /** What it may be able to encode. */
  readonly codecs: readonly VideoCodec[]
  /** Begins a stream of pictures of this size; resolves with `undefined` if there is no encoder for that. */
  open(codec: VideoCodec, size: { readonly width: number; readonly height: number }): Promise<VideoStream | undefined>
}

/** A stream of pictures of one size, each encoded as what it changes of those before. */
export interface VideoStream {
  /**
   * Encodes a picture of the stream's size; the image may change once this returned. `key`: what comes decodes alone, with its configuration in band
   * (RA-SCR-083). Resolves with `undefined` if the encoder leaves this picture out to keep to its rate. Never called before the call before it settled.
   * Rejects if the encoder failed: then the stream is over.
   */
  encode(image: Image, options: { readonly key: boolean; readonly bitsPerSecond: number; readonly capturedAtUs: number }): Promise<Uint8Array | undefined>
  /** Lets go of the encoder. Safe to call twice. */
  close(): void
}

/** How a rectangle is encoded; `raw` is plain pixels. */
export type RectCodec = 'raw' | 'png' | 'jpeg'

/** Encodes a rectangle of an image. Pure: same pixels, same codec, same quality, same bytes. */
export interface Encoder {
  /** `quality` 1–100 matters to JPEG alone. RAW is BGRA, rows top to bottom without padding. */
  encode(image: Image, rect: Rect, codec: RectCodec, quality: number): Uint8Array | Promise<Uint8Array>
}

/** Injects input. Every method returns when the desktop took the event; none queues. */
export interface InputHost {
  /** Presses or releases a key by its HID usage (page 0x07), independent of layout. */
  key(usage: number, down: boolean): void | Promise<void>
  /** Turns Num Lock and Caps Lock on or off, without a key (RA-INP-022). Absent where the system has no way to: keys then mean what its own locks make of them. */
  locks?(on: { readonly num: boolean; readonly caps: boolean }): void | Promise<void>
  /** Types text that no key event stands for (IME, dead keys, paste as typing). It cannot be interrupted: who must be able to stop hands over short pieces. */
  text(text: string): void | Promise<void>
  /** Moves the pointer to a place in the screen's native pixels; clamped to the screen. */
  move(screenId: number, x: number, y: number): void | Promise<void>
  /** 0 left, 1 middle, 2 right, 3 back, 4 forward. */
  button(button: number, down: boolean): void | Promise<void>
  /** Scrolls; 120 units are one notch; positive is down and right. */
  wheel(deltaX: number, deltaY: number): void | Promise<void>
  /** Calls back when the local user moves, clicks or types; never for what this host injected. Returns a function that stops it. */
  onLocalInput(listener: () => void): () => void
}

/** What is on the clipboard, in one format. */
export interface ClipboardContent {
  /** MIME type without parameters; `text/plain` is UTF-8. */
  readonly mime: string
  readonly data: Uint8Array
}

/** Reads and takes the clipboard of the desktop. */
export interface ClipboardHost {
  /**
   * Whatever `onChange` tells was given by the person's own act, such as a button: it is passed on also where an agent copied the same before. Default: a program may have
   * copied it anew by itself, and then it is passed on to nobody (RA-CLP-015, RA-CLP-016).
   */
  readonly givenByHand?: boolean
  /**
   * Calls back when another program takes the clipboard, or leaves nothing on it; never for `write` and `promise`. Sizes are -1 where the owner does not say.
   * `secret`: that program marks the content as one that nobody is to keep or see, as password managers do; none of it is offered (RA-CLP-021).
   */
  onChange(listener: (formats: readonly { readonly mime: string; readonly bytes: number }[], secret?: boolean) => void): () => void
  /** Reads one format of what `onChange` told last; `undefined` if that is gone. Rejects with `E_TOO_LARGE` beyond `maxBytes`. */
  read(mime: string, maxBytes: number): Promise<Uint8Array | undefined>
  /** Takes the clipboard with the same content in each of these formats. */
  write(contents: readonly ClipboardContent[]): Promise<void>
  /**
   * Takes the clipboard with content that `fetch` brings when a program pastes it: undefined if it is not to be had. Resolves with a function that gives the
   * clipboard up, if it still holds this promise. Absent: the system has no room for promises, and what is copied elsewhere is fetched at once and written.
   */
  promise?(mimes: readonly string[], fetch: (mime: string) => Promise<Uint8Array | undefined>): Promise<() => void>
}

/** Whose powers: those of the user who is logged in, or of an administrator. */
export type ElevationScope = 'standard' | 'admin'

/** Elevated powers, from hand-over to drop. */
export interface Elevated {
  /** Ctrl+Alt+Del or another secure attention sequence. */
  sendSecureKeys(combo: 'ctrl+alt+delete'): Promise<'ok' | 'policy-blocked' | 'unsupported'>
  /**
   * Shows the log-in screen, for another user of the machine; resolves when it is there. Absent: the system has no way to. Rejects with `HostError`
   * `E_NOT_PERMITTED` if the machine's policy forbids it.
   */
  switchUser?(): Promise<void>
  /**
   * Runs a program with its arguments as they are, without a shell, as the elevated account; aborting `signal` ends the whole process tree. Output goes to
   * `output` as it comes; the bytes are its own from then on. The program is held back until what `output` returned resolves. One that the capability does not
   * allow does not start: `signal` is `E_CAPABILITY`.
   */
  run(
    argv: readonly string[],
    options: { readonly as?: string; readonly signal: AbortSignal; output(stream: 'stdout' | 'stderr', data: Uint8Array): Promise<void> },
  ): Promise<{ readonly exitCode: number | undefined; readonly signal?: string }>
  /**
   * The agent's next capability, signed: grants changed, or the one before is two thirds through its life. Whoever acts with the powers holds it against the
   * authority that it was started with; if it does not hold, or is not newer, the powers end by themselves. So they do when no newer one came in time.
   */
  renew(capability: Uint8Array): void
  /** Gives everything up: helper and its commands are gone when it resolves. */
  drop(): Promise<void>
  /** Resolves if the helper ends by itself, with why. */
  readonly ended: Promise<string>
}

/** By what a privileged helper knows who may have its powers, whoever speaks to it. It is public: what proves something is the signature (RA-SEC-233). */
export interface ElevationAuthority {
  /** The session's id, 16 bytes. */
  readonly session: Uint8Array
  /** The customer's session key, Ed25519, 32 bytes. */
  readonly customerKey: Uint8Array
  /** The agent's newest capability, signed by that key; empty if it has none. */
  readonly capability: Uint8Array
}

/** How elevated powers are asked of the machine. */
export interface ElevationStart {
  readonly scope: ElevationScope
  /** How long they are for, ms. Whoever asked ends them then; a helper that does so by itself, a little later, is on the safe side. */
  readonly durationMs: number
  /** What the helper is started with. It gives no powers, with `HostError` `E_CAPABILITY`, if the capability is not the agent's, does not hold, or lacks ELEVATE. */
  readonly authority: ElevationAuthority
  /** Aborted when nobody wants the powers any more: what was begun is ended. */
  readonly signal: AbortSignal
  progress(stage: 'os-prompt' | 'handover'): void
}

/** The request that credentials are for: what is sealed for another does not open. */
export interface CredentialRequest {
  /** The session's id, 16 bytes. */
  readonly session: Uint8Array
  readonly requestId: number
}

/** One set of credentials that the privileged helper awaits. Whoever holds this passes sealed bytes to the helper; only the helper can open them. */
export interface CredentialSlot {
  /** The helper's one-use X25519 key, 32 bytes. */
  readonly publicKey: Uint8Array
  /**
   * The helper opens what was sealed to its key, has the system check account and password, forgets them, and starts with the powers. Once only: the key is
   * gone, whatever comes of it. Rejects with `HostError` `E_CREDENTIALS` if they are wrong, do not open, or the key was used up or forgotten, `E_NOT_PERMITTED`
   * if that account may not have these powers.
   */
  start(request: ElevationStart & { readonly sealed: Uint8Array }): Promise<Elevated>
  /** The helper destroys its key. Safe to call at any time. */
  forget(): void
}

/** The host's way to elevated powers. The customer already agreed in our own dialog when anything here is called. */
export interface ElevationHost {
  /** Shows the operating system's prompt, then starts the helper. Rejects with `HostError` `E_DENIED` if the prompt was declined. */
  start(request: ElevationStart): Promise<Elevated>
  /** Has the privileged helper make a one-use key for credentials. Absent: the machine takes none. */
  awaitCredentials?(request: CredentialRequest): Promise<CredentialSlot>
  /** False where there is no secure attention sequence that elevated powers could send: agents are told so beforehand. */
  readonly sendsSecureKeys?: false
  /** Calls back when the OS shows its secure desktop (pixels are not to be had) or leaves it. */
  onSecureDesktop(listener: (active: boolean, reason: string) => void): () => void
}

/** What lets the customer come back once, after its computer was started again. Whoever has it can show the agent another desktop in its place. */
export interface RejoinTicket {
  /** Finds the session at the broker. */
  readonly locator: string
  /** What the customer proves, 32 bytes. */
  readonly secret: Uint8Array
  /** When it is of no use any more, ms since 1970. */
  readonly expiresAtMs: number
  /** The name of the agent that waits. */
  readonly agent: string
  /** What the user agreed to beforehand. */
  readonly permissions: readonly Permission[]
}

/** Where a ticket waits while the computer is started again, and what starts the program then. There is one at a time. */
export interface RejoinHost {
  /** Keeps the ticket, where no other user can read it, and has the program started with it after log-on. Both or, if it rejects, neither. */
  keep(ticket: RejoinTicket): Promise<void>
  /** Takes the ticket away for good, and what would start the program; resolves to it, or to undefined if there is none. */
  take(): Promise<RejoinTicket | undefined>
}

/** What the machine is. */
export interface HostPlatform {
  readonly os: 'windows' | 'linux' | 'macos' | 'virtual' | 'browser'
  readonly version: string
}

/** Everything a customer shares. A part that a host cannot offer is absent, and is announced so. */
export interface Host {
  readonly platform: HostPlatform
  readonly screens: ScreenHost
  readonly input?: InputHost
  readonly clipboard?: ClipboardHost
  readonly elevation?: ElevationHost
  readonly rejoin?: RejoinHost
  /**
   * Calls back when the local screen is locked (at once if it is), and when it is unlocked: elevated powers do not outlive a lock (RA-ELV-024). Absent: the
   * host does not hear of it. Returns a function that stops it.
   */
  onLocked?(listener: (locked: boolean) => void): () => void
  /** Releases what is pressed, stops captures, frees the display. Safe to call twice. */
  close(): Promise<void>
}

/** What a host could not do, or why. `E_CAPABILITY`: the helper was shown none that holds. `E_HOST`: anything else. */
export type HostErrorCode =
  | 'E_NO_DISPLAY'
  | 'E_SCREEN_GONE'
  | 'E_TOO_LARGE'
  | 'E_DENIED'
  | 'E_CREDENTIALS'
  | 'E_NOT_PERMITTED'
  | 'E_CAPABILITY'
  | 'E_UNSUPPORTED'
  | 'E_HOST'

/** A host could not do what was asked. `message` is a sentence for a person, `hint` says what to do about it. */
export class HostError extends Error {
  override readonly name = 'HostError'
  readonly hint: string | undefined
  constructor(
    readonly code: HostErrorCode,
    message: string,
    options: { readonly hint?: string; readonly cause?: unknown } = {},
  ) {
    super(message, options)
    this.hint = options.hint
  }
}
