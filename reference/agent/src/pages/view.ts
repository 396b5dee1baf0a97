/** The external view's page: the invitation is in the fragment. */
import { takeFragment } from './fragment.js'
import '../console/define.js'

const viewer = document.createElement('remote-assist-viewer')
viewer.invitation = `#${takeFragment()}`
document.body.append(viewer)
