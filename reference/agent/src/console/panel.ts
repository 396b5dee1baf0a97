/** The panel beside the picture: when it is in view, and what of the talk in it has been seen. */
import type { LitElement, ReactiveController } from 'lit'

/** It takes room that a narrower page does not have: there it opens on demand. CSS pixels. */
const NARROW = 720
/** So near to its end the talk is at its end, CSS pixels. */
const NEAR = 8

/** A controller of an element with a panel. */
export class Panel implements ReactiveController {
  readonly #host: LitElement
  readonly #read: () => void
  #wanted: boolean | undefined

  /** `read`: the newest line of the talk is before the person. */
  constructor(host: LitElement, read: () => void) {
    this.#host = host
    this.#read = read
    host.addController(this)
  }

  /** It is in view. In full screen it never is; elsewhere where there is room, until somebody folds it. */
  get open(): boolean {
    const { clientWidth } = this.#host
    return !this.#fullScreen && (this.#wanted ?? (clientWidth === 0 || clientWidth >= NARROW))
  }

  /** Opens it, out of full screen as well, or folds it. */
  toggle(): void {
    this.#wanted = !this.open
    if (this.#fullScreen) void this.#host.ownerDocument.exitFullscreen()
    this.#host.requestUpdate()
  }

  /** Opens it for what its user just began. */
  show(): void {
    this.#wanted = true
    this.#host.requestUpdate()
  }

  hostConnected(): void {
    for (const change of CHANGES) this.#host.ownerDocument.addEventListener(change, this.#redraw)
    this.#resized.observe(this.#host)
  }

  hostDisconnected(): void {
    for (const change of CHANGES) this.#host.ownerDocument.removeEventListener(change, this.#redraw)
    this.#resized.disconnect()
  }

  hostUpdated(): void {
    const lines = this.#host.renderRoot.querySelector<HTMLElement>('.lines')
    if (lines === null) return
    lines.onscroll = this.#look
    this.#look()
  }

  get #fullScreen(): boolean {
    return this.#host.matches(':fullscreen')
  }

  readonly #redraw = (): void => this.#host.requestUpdate()
  readonly #resized = new ResizeObserver(this.#redraw)

  /** What is in view is read. The talk begins at its end: what was scrolled back to is above it. */
  readonly #look = (): void => {
    const lines = this.#host.renderRoot.querySelector('.lines')
    if (lines !== null && lines.scrollTop > -NEAR && this.open && !this.#host.ownerDocument.hidden) this.#read()
  }
}

/** What puts the panel before the person, or takes it away. */
const CHANGES = ['fullscreenchange', 'visibilitychange'] as const
