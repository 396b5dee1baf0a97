/** What the page of a browser shows and can ask for, beside what every customer does. */
import { type Actions, type CustomerState, initialState } from '@remote-assist/ui'
import type { SharedStream } from './host/browser-host.js'

/** Everything that is shown. */
export interface PageState extends CustomerState {
  readonly shared: SharedStream | undefined
  /** What an agent copied last. */
  readonly copied: string | undefined
}

/** Before anything has happened. */
export const initialPage: PageState = { ...initialState, shared: undefined, copied: undefined }

/** What the controls ask for. */
export interface PageActions extends Actions {
  /** Has the person pick a screen, the first or another one. */
  pickScreen(): void
  sendFiles(files: readonly File[], question?: number): void
  giveCopied(text: string): void
  /** Something on the page itself did not work. */
  failed(error: unknown): void
}
