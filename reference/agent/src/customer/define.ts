/** Registers the element: importing this once is all that a page does. */
import { RemoteAssistCustomer } from './element.js'

export { RemoteAssistCustomer }

const TAG = 'remote-assist-customer'

if (customElements.get(TAG) === undefined) customElements.define(TAG, RemoteAssistCustomer)

declare global {
  interface HTMLElementTagNameMap {
    [TAG]: RemoteAssistCustomer
  }
}
