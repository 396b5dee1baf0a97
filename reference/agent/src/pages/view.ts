/** The external view's page: the invitation is in the fragment. */
import { languageFor } from '../console/strings.js'
import { givenName, takeFragment, wantedLanguages } from './address.js'
import '../console/define.js'

document.documentElement.lang = languageFor(...wantedLanguages())
const viewer = document.createElement('remote-assist-viewer')
viewer.displayName = givenName() ?? viewer.displayName
viewer.invitation = `#${takeFragment()}`
document.body.append(viewer)
