/** Two ends with their securities, and a broker between them that may change what it carries. */
import { type HandshakeMessage, type Policy, Role } from '@remote-assist/codec'
import { DEFAULT_POLICY, policyToWire } from '@remote-assist/core'
import { type Aead, PASSWORD_CLASS, platformAead, type Secret } from '@remote-assist/secure'
import { systemRandom } from '../../src/random.js'
import { CodeDesk } from '../../src/security/code-desk.js'
import { SealedSecurity } from '../../src/security/sealed.js'
import { customerSecrets, joinerSecrets, type Secrets } from '../../src/security/secrets.js'
import type { Failure, PeerSecurity } from '../../src/security/security.js'
import { ManualClock, settle } from '../support/clock.js'

export type Kind = NonNullable<HandshakeMessage['kind']>

const SESSION = systemRandom.bytes(16)
export const POLICY = policyToWire(DEFAULT_POLICY)
export const pin = (digits: string): Secret => ({ passwordClass: PASSWORD_CLASS.PIN, name: new Uint8Array(), password: new TextEncoder().encode(digits) })

export interface End {
  readonly clock: ManualClock
  readonly security: SealedSecurity
  readonly result: { secured: number; failures: Failure[] }
}

function end(secrets: (clock: ManualClock) => Secrets, aead: Aead): End {
  const clock = new ManualClock()
  return {
    clock,
    security: new SealedSecurity({ secrets: secrets(clock), credential: () => '', aead, clock, random: systemRandom }),
    result: { secured: 0, failures: [] },
  }
}

export const customerEnd = (offer: () => Secret | undefined, aead = platformAead): End => end(clock => customerSecrets(offer, new CodeDesk(clock)), aead)

export const joinerEnd = (secrets: readonly Secret[], aead = platformAead): End =>
  end(clock => {
    const desk = new CodeDesk(clock)
    return { ...joinerSecrets(secrets), desk: () => desk }
  }, aead)

/** The numbers of the two. */
export const CUSTOMER = 1
export const JOINER = 2

interface Course {
  readonly policies?: readonly [Policy | undefined, Policy | undefined]
  readonly role?: Role.AGENT | Role.VIEWER
  /** What becomes of message `n`; undefined = it is lost. */
  readonly meddle?: (n: number, kind: Kind) => Kind | undefined
}

/** Runs an exchange to its end. */
export async function exchange(customer: End, joiner: End, { policies = [POLICY, POLICY], role = Role.AGENT, meddle = (_n, kind) => kind }: Course = {}) {
  const said: string[] = []
  const queue: { readonly to: 'customer' | 'joiner'; readonly kind: Kind }[] = []
  const open = (who: End, isCustomer: boolean, policy: Policy | undefined): PeerSecurity =>
    who.security.secure(
      {
        participant: isCustomer ? JOINER : CUSTOMER,
        counterpartRole: isCustomer ? role : Role.CUSTOMER,
        role: isCustomer ? Role.CUSTOMER : role,
        self: isCustomer ? CUSTOMER : JOINER,
        sessionId: SESSION,
        policy,
      },
      {
        send: ({ kind }) => kind !== undefined && queue.push({ to: isCustomer ? 'joiner' : 'customer', kind }),
        secured: () => who.result.secured++,
        failed: failure => who.result.failures.push(failure),
      },
    )
  const ends = { customer: open(customer, true, policies[0]), joiner: open(joiner, false, policies[1]) }
  await ends.joiner.start()
  await ends.customer.start()
  for (let n = 0; n < 30 && queue.length > 0; n++) {
    const next = queue.shift() as { readonly to: 'customer' | 'joiner'; readonly kind: Kind }
    const kind = meddle(n, next.kind)
    if (kind === undefined) continue
    said.push(`${next.to === 'joiner' ? 'customer' : 'joiner'} ${kind.$case}`)
    await ends[next.to].receive({ kind })
  }
  await settle()
  return { said, ...ends }
}
