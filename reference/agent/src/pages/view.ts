/** The external view's page: the invitation is in the fragment. */
import { givenName, takeFragment } from './address.js'
import '../console/define.js'

const viewer = document.createElement('remote-assist-viewer')
viewer.displayName = givenName() ?? viewer.displayName
viewer.invitation = `#${takeFragment()}`
document.body.append(viewer)
