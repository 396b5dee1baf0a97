/** Makes a session for whoever runs it, and tells all that is needed as JSON. */
import { ContactKind } from '@remote-assist/codec'
import { agentUrl, createSession, customerUrl, makePin, newPinSecret, systemRandom } from '@remote-assist/peer'
import { fetchTrusting } from './authorities.js'

/** What `create` prints and `run` reads. */
export interface Created {
  readonly sessionId: string
  readonly brokerUrl: string
  readonly displayName: string
  /** To read aloud. */
  readonly pin: string
  /** To paste to the customer. */
  readonly customerUrl: string
  /** Opens this session in the console, and is what `run` needs. It carries the agent's token: keep it to yourself. */
  readonly agentUrl: string
  /** ISO 8601. */
  readonly codeExpiresAt: string
}

/** What a session is made of. */
export interface CreateSettings {
  readonly broker: string
  readonly token?: string | undefined
  readonly name: string
  /** Authorities whose certificates count for the broker, in PEM. Default the well-known ones. */
  readonly ca?: string | undefined
}

/** Makes a session. Nobody is attached to it yet. */
export async function create({ broker, token, name, ca }: CreateSettings): Promise<Created> {
  const control = { brokerUrl: broker, ...(token === undefined ? {} : { token }), ...(ca === undefined ? {} : { fetch: fetchTrusting(ca) }) }
  const request = { displayName: name, contactId: '', contactKind: ContactKind.UNSPECIFIED, metadata: new Map(), policy: undefined }
  const { session, agentToken, joinUrl } = await createSession(control, request)
  const { sessionId = '', locator = '', codeExpiresAtMs = 0n } = session ?? {}
  const code = { pin: makePin(locator, newPinSecret()), linkSecret: systemRandom.bytes(32) }
  return {
    sessionId,
    brokerUrl: broker,
    displayName: name,
    pin: code.pin.grouped,
    customerUrl: customerUrl(joinUrl, code),
    agentUrl: agentUrl(new URL('/', joinUrl).href, { sessionId, agentToken, ...code }),
    codeExpiresAt: new Date(Number(codeExpiresAtMs)).toISOString(),
  }
}
