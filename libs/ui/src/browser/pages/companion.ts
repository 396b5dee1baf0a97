/** The companion's window: comes in by the secret in its address, and shows what its process says, for as long as that lives. */

import { languageFor, stringsFor } from '../../strings.js'
import { RemoteAssistCompanion } from '../companion/element.js'
import { Link } from '../companion/link.js'

const secret = location.hash.slice(1)
history.replaceState(null, '', location.pathname)
document.documentElement.lang = languageFor(...navigator.languages)
document.title = stringsFor(...navigator.languages).product
customElements.define('remote-assist-companion', RemoteAssistCompanion)
const companion = document.body.appendChild(new RemoteAssistCompanion())
// Who closes the window in the middle of it is asked first.
addEventListener('beforeunload', event => companion.state?.stage.name === 'live' && event.preventDefault())

async function follow(): Promise<void> {
  const link = await Link.enter(secret)
  companion.link = link
  for await (const state of link.states()) companion.state = state
}

// However it ends: there is nobody behind the window any more.
await follow().catch(() => undefined)
companion.link = undefined
companion.state = undefined
