/** Registers the elements: importing this once is all that a page does. */
import { RemoteAssistConsole } from './element.js'
import { RemoteAssistViewer } from './viewer.js'

/** Elements by tag. */
const ELEMENTS = { 'remote-assist-console': RemoteAssistConsole, 'remote-assist-viewer': RemoteAssistViewer } as const

for (const [tag, element] of Object.entries(ELEMENTS)) if (customElements.get(tag) === undefined) customElements.define(tag, element)

declare global {
  interface HTMLElementTagNameMap {
    'remote-assist-console': RemoteAssistConsole
    'remote-assist-viewer': RemoteAssistViewer
  }
}
