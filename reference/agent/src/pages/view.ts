/** The external view's page: the invitation is in the fragment. */
import { givenName, takeFragment } from './address.js'
import { speak } from './words.js'
import '../console/define.js'

const invitation = `#${takeFragment()}`
const { product, viewerTitle } = await speak()
document.title = `${product} – ${viewerTitle}`
const viewer = document.createElement('remote-assist-viewer')
viewer.displayName = givenName() ?? viewer.displayName
viewer.invitation = invitation
document.body.append(viewer)
