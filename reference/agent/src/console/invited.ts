/** A further agent: it comes to a colleague's session by an invitation. */
import { Agent, createSession, type InvitedOptions, parseInviteUrl, type Session } from '@remote-assist/peer'
import { connect } from '@remote-assist/transport-websocket/browser'

/** An invitation's link has two parts; that of a session which was made for a console has more. */
export function isInvitation(url: string): boolean {
  try {
    return parseInviteUrl(url) !== undefined
  } catch {
    return false
  }
}

/** What an invited agent joins with. */
export interface Invited extends Omit<InvitedOptions, 'transport' | 'agentToken'> {
  readonly broker: string
  /** For the control API. */
  readonly token: string | undefined
}

/**
 * Joins by invitation; resolves with the session when the customer let this agent in. Beside the invitation a broker wants to see that this is one of its agents
 * (RA-RLY-195): the token of a session of one's own says so. Nobody is told of that session; it ends by itself.
 */
export async function joinInvited({ broker, token, ...options }: Invited): Promise<Session> {
  const control = { brokerUrl: broker, ...(token === undefined ? {} : { token }) }
  const { agentToken } = await createSession(
    control,
    { displayName: options.displayName, contactId: '', contactKind: 0, metadata: new Map(), policy: undefined },
    options.signal,
  )
  return Agent.join({ ...options, agentToken, transport: connect(broker) })
}
