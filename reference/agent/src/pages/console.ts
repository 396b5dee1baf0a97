/** The agent's page: the broker is where the page came from. A fragment names a session that was made for this page; without one, a session is made. */
import { givenName, takeFragment } from './address.js'
import { speak } from './words.js'
import '../console/define.js'

const fragment = takeFragment()
document.title = (await speak()).product
const agent = document.createElement('remote-assist-console')
agent.displayName = givenName() ?? agent.displayName
if (fragment !== '') agent.sessionUrl = `#${fragment}`
document.body.append(agent)
