/** The customer's page: the code is in the fragment, or is typed. The broker is where the page came from. */

import { languageFor, stringsFor } from '@remote-assist/ui'
import { givenName, takeFragment, wantedLanguages } from './address.js'
import '../customer/define.js'

/** Says that this tab shares: kept for as long as the tab, also when the page is loaded again. */
const SHARING = 'remote-assist-sharing'

document.documentElement.lang = languageFor(...wantedLanguages())
document.title = stringsFor(...wantedLanguages()).product
const customer = document.createElement('remote-assist-customer')
customer.displayName = givenName() ?? ''
customer.link = takeFragment()
customer.reloaded = sessionStorage.getItem(SHARING) !== null
sessionStorage.removeItem(SHARING)
customer.addEventListener('sharing', () => sessionStorage.setItem(SHARING, ''))
customer.addEventListener('ended', () => sessionStorage.removeItem(SHARING))
document.body.append(customer)
