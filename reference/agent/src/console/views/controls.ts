/** How the picture is shown, what the pointer does on it, and what else the element decides alone. */
import type { Sizing } from '../geometry.js'
import type { Colour, Tool } from '../pen.js'

export interface ViewControls {
  readonly sizing: Sizing
  readonly fullScreen: boolean
  readonly canFullScreen: boolean
  readonly panelOpen: boolean
  readonly poppedOut: boolean
  readonly tool: Tool
  readonly colour: Colour
  /** The code is shown large, to be read out. */
  readonly aloud: boolean
  setSizing(sizing: Sizing): void
  toggleFullScreen(): void
  togglePanel(): void
  /** Gives the picture a window of its own, or takes it back. */
  togglePopOut(): void
  pickTool(tool: Tool, colour?: Colour): void
  clearMarks(): void
  readAloud(open: boolean): void
  /** Lets the user pick what is sent. */
  pickFiles(what: 'files' | 'folder'): void
}
