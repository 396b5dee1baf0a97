/** The agent's page: the broker is where the page came from. A fragment names a session that was made for this page; without one, a session is made. */
import { languageFor } from '../console/strings.js'
import { givenName, takeFragment, wantedLanguages } from './address.js'
import '../console/define.js'

document.documentElement.lang = languageFor(...wantedLanguages())
const fragment = takeFragment()
const agent = document.createElement('remote-assist-console')
agent.displayName = givenName() ?? agent.displayName
if (fragment !== '') agent.sessionUrl = `#${fragment}`
document.body.append(agent)
