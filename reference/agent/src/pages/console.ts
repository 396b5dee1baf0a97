/** The agent's page: the broker is where the page came from. A fragment names a session that was made for this page; without one, a session is made. */
import { takeFragment } from './fragment.js'
import '../console/define.js'

const fragment = takeFragment()
const agent = document.createElement('remote-assist-console')
if (fragment !== '') agent.sessionUrl = `#${fragment}`
document.body.append(agent)
