/** What a helper of elevated powers is shown by a customer, for tests of helpers: no session is there. */
import { Permission, Role } from '@remote-assist/codec'
import { CAPABILITY_LIFE_MS, type Capability, sessionKey, signCapability } from '@remote-assist/secure'
import type { ElevationAuthority } from './host.js'
import { systemRandom } from './random.js'

/** A customer that signs, and the first capability of its agent. */
export interface HelperAuthority extends ElevationAuthority {
  /** The next capability of that agent, who may do everything from now on for a quarter of an hour; what differs from that is said. */
  sign(but?: Partial<Capability>): Uint8Array
}

/** A customer and its agent, new each time. `but`: what the first capability says otherwise. */
export function helperAuthority(but: Partial<Capability> = {}): HelperAuthority {
  const customer = sessionKey(systemRandom.bytes(32))
  const { publicKey } = sessionKey(systemRandom.bytes(32))
  const session = systemRandom.bytes(16)
  const permissions = [Permission.ELEVATE, Permission.RUN_COMMAND, Permission.SECURE_KEYS]
  let serial = 0
  const sign = (change: Partial<Capability> = {}) => {
    const { notBefore = Date.now() } = change
    const capability = { session, participant: 1, publicKey, role: Role.AGENT, permissions, notBefore, expires: notBefore + CAPABILITY_LIFE_MS, epoch: 1 }
    return signCapability({ ...capability, serial: ++serial, ...change }, customer)
  }
  return { session, customerKey: customer.publicKey, capability: sign(but), sign }
}
