import { randomBytes } from 'node:crypto'
import { agentUrl, customerUrl, inviteUrl, makePin, newPinSecret } from '@remote-assist/peer'

/**
 * Makes a session through the control API, as the back end of a contact center would, with every address that leads into it. The secrets are made here;
 * the broker never sees them.
 *
 * @param {string} brokerUrl
 */
export async function makeSession(brokerUrl) {
  const answer = await fetch(new URL('/v1/sessions', brokerUrl), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ displayName: 'npm start' }),
  })
  if (!answer.ok) throw new Error(`The broker refused to make a session (HTTP ${answer.status}).`)
  const { session, agentToken, joinUrl, viewUrl } = await answer.json()
  const code = { pin: makePin(session.locator, newPinSecret()), linkSecret: randomBytes(32) }
  const view = { inviteId: randomBytes(16), secret: randomBytes(32) }
  return {
    consoleUrl: agentUrl(new URL('/', brokerUrl).href, { sessionId: session.sessionId, agentToken, ...code, view }),
    clientUrl: customerUrl(joinUrl, code),
    pin: code.pin.grouped,
    viewUrl: inviteUrl(viewUrl, view),
  }
}
