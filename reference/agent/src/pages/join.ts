/** The customer's page: the PIN from the link, and how to start the program that shares. */
import { AssistError, parseCustomerUrl } from '@remote-assist/peer'
import { takeFragment } from './address.js'

const byId = (id: string): HTMLElement => document.getElementById(id) as HTMLElement

/** The PIN of a link; undefined if there is none, or it is not complete. */
function pinOf(fragment: string) {
  try {
    return fragment === '' ? undefined : parseCustomerUrl(`#${fragment}`).pin
  } catch (error) {
    if (!(error instanceof AssistError)) throw error
    byId('none').textContent = [error.message, error.hint].join(' ')
    return undefined
  }
}

const pin = pinOf(takeFragment())
const command = ['remote-assist-customer', '--broker', location.origin, ...(pin === undefined ? ['<PIN>'] : [pin.digits])].join(' ')
byId('command').textContent = command
byId('none').hidden = pin !== undefined
byId('pin').hidden = pin === undefined
byId('pin').textContent = pin?.grouped ?? ''
byId('copy').addEventListener('click', async () => {
  await navigator.clipboard.writeText(command)
  byId('copy').textContent = 'Copied'
})
