import { type RelayMessage, Role } from '@remote-assist/codec'
import type { Transport } from '@remote-assist/transport'
import { End } from './end.js'

type Kind = NonNullable<RelayMessage['kind']>

/** Two ends, and a relay between them that passes what they send each other. */
export interface Line {
  readonly near: End
  readonly far: End
}

/** Two ends that a bare pipe has joined. They call themselves 1 and 2, so that their frames are those of participants. */
export async function pipeLine(transport: Transport): Promise<Line> {
  return { near: await End.open(transport, 1), far: await End.open(transport, 2) }
}

/** What the control API answers to a new session. */
export interface Made {
  readonly session: { readonly locator: string }
  readonly agentToken: string
}

/** An agent and a customer that the broker at `url` admitted to one room. */
export async function brokerLine(url: string, transport: Transport): Promise<Line> {
  const { session, agentToken } = await makeSession(url)
  const near = await enter(transport, { role: Role.AGENT, agentToken })
  const far = await enter(transport, { role: Role.CUSTOMER, locator: session.locator })
  const admitted = heard(far, 'roster', ({ value }) => value.entries.length === 2)
  near.tell({ $case: 'admit', value: { participant: far.number } })
  await admitted
  return { near, far }
}

/** Makes a session at the broker at `url`. */
export async function makeSession(url: string): Promise<Made> {
  const response = await fetch(`${url}/v1/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ displayName: 'Bench' }),
  })
  if (response.status !== 201) throw new Error(`The broker answered ${response.status}: ${await response.text()}`)
  return (await response.json()) as Made
}

const NOBODY = new Uint8Array()

interface Credentials {
  readonly role: Role
  readonly agentToken?: string
  readonly locator?: string
}

/** What a broker is told by whoever comes in. */
export const helloOf = ({ role, agentToken = '', locator = '' }: Credentials): Kind => ({
  $case: 'hello',
  value: {
    version: { minMinor: 0, maxMinor: 0 },
    implementation: { name: 'bench', version: '1' },
    role,
    agentToken,
    locator,
    inviteId: NOBODY,
    resumeToken: NOBODY,
    capabilities: [],
    displayName: '',
  },
})

async function enter(transport: Transport, credentials: Credentials): Promise<End> {
  const end = await End.open(transport, 0)
  const welcome = heard(end, 'welcome')
  end.tell(helloOf(credentials))
  end.number = (await welcome).value.participant
  return end
}

/** The next message of that kind from the broker; rejects if the line ends before. */
function heard<C extends Kind['$case']>(
  end: End,
  wanted: C,
  match: (kind: Extract<Kind, { readonly $case: C }>) => boolean = () => true,
): Promise<Extract<Kind, { readonly $case: C }>> {
  const isIt = (kind: Kind): kind is Extract<Kind, { readonly $case: C }> => kind.$case === wanted
  return new Promise((resolve, reject) => {
    end.onLost = reject
    end.onRelay = kind => {
      if (isIt(kind) && match(kind)) resolve(kind)
      else if (kind.$case === 'refusal') reject(new Error(`The broker refused: ${kind.value.code}.`))
    }
  })
}
