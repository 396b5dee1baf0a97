import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { request as requestPlain } from 'node:http'
import { request as requestSecure } from 'node:https'
import { json } from 'node:stream/consumers'
import { rootCertificates } from 'node:tls'
import { agentUrl, customerUrl, inviteUrl, makePin, newPinSecret } from '@remote-assist/peer'

/**
 * Makes a session through the control API, as the back end of a contact center would, with every address that leads into it. The secrets are made here;
 * the broker never sees them.
 *
 * @param {string} brokerUrl
 * @param {{ token?: string, ca?: string }} [access] `token`: of the issuer, where the broker wants one; `ca`: a certificate to trust besides the well-known ones
 */
export async function makeSession(brokerUrl, access) {
  const { session, agentToken, joinUrl, viewUrl } = await createSession(brokerUrl, access)
  const code = { pin: makePin(session.locator, newPinSecret()), linkSecret: randomBytes(32) }
  const view = { inviteId: randomBytes(16), secret: randomBytes(32) }
  return {
    consoleUrl: agentUrl(new URL('/', brokerUrl).href, { sessionId: session.sessionId, agentToken, ...code, view }),
    clientUrl: customerUrl(joinUrl, code),
    pin: code.pin.grouped,
    viewUrl: inviteUrl(viewUrl, view),
  }
}

async function createSession(brokerUrl, { token, ca } = {}) {
  const url = new URL('/v1/sessions', brokerUrl)
  const headers = { 'content-type': 'application/json', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) }
  const trust = ca === undefined ? {} : { ca: [...rootCertificates, ca] }
  const request = (url.protocol === 'https:' ? requestSecure : requestPlain)(url, { method: 'POST', headers, agent: false, ...trust })
  request.end(JSON.stringify({ displayName: 'npm start' }))
  const [response] = await once(request, 'response')
  const answer = await json(response)
  if (response.statusCode !== 201) throw new Error(`The broker refused to make a session (HTTP ${response.statusCode}): ${answer.message}`)
  return answer
}
