/** What the page of a browser is drawn with. */
import type { Frame } from '@remote-assist/ui/browser'
import type { PageActions } from '../model.js'
import type { Preview } from '../preview.js'

/** What the page's own views are drawn with, beside the state. */
export interface PageFrame extends Frame {
  readonly actions: PageActions
  readonly preview: Preview
  readonly previewOpen: boolean
  openPreview(open: boolean): void
  /** Text is to be pasted into a field: the browser does not let the page read what was copied. */
  readonly pasting: boolean
  sendCopied(): void
}
