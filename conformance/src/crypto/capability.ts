import { hex, join, lv, unlv } from './bytes.js'
import { type SessionKey, verifies } from './keys.js'

/** Capabilities: what the customer grants, signed. */

export interface Capability {
  readonly session: Uint8Array
  readonly participant: number
  readonly publicKey: Uint8Array
  readonly role: number
  readonly permissions: readonly number[]
  readonly notBefore: number
  readonly expires: number
  readonly epoch: number
  readonly serial: number
}

const LABEL = 'RA1-capability'

/** The form of a capability (RA-SEC-231). */
export function capabilityForm(one: Capability): Uint8Array {
  return lv(LABEL, one.session, one.participant, one.publicKey, one.role, one.permissions, one.notBefore, one.expires, one.epoch, one.serial)
}

/** The form and the customer's signature of it (RA-SEC-232). */
export function signCapability(one: Capability, key: SessionKey): Uint8Array {
  const form = capabilityForm(one)
  return join(form, key.sign(form))
}

/** Reads a signed capability. Throws with what is wrong if it has another form, a field out of its range, or the customer's key did not sign it. */
export function readCapability(signed: Uint8Array, customerKey: Uint8Array): Capability {
  const form = signed.slice(0, Math.max(0, signed.length - 64))
  const fields = unlv(form)
  if (fields.length !== 10) throw new Error(`A capability of ${fields.length} fields.`)
  const [label, session, participant, publicKey, role, permissions, notBefore, expires, epoch, serial] = fields as [Uint8Array, ...Uint8Array[]]
  const capability: Capability = {
    session: session as Uint8Array,
    participant: number(participant),
    publicKey: publicKey as Uint8Array,
    role: number(role),
    permissions: unlv(permissions ?? new Uint8Array(0)).map(number),
    notBefore: number(notBefore),
    expires: number(expires),
    epoch: number(epoch),
    serial: number(serial),
  }
  const wrong = [
    [text(label) === LABEL, 'label'],
    [capability.session.length === 16, 'session'],
    [within(capability.participant, 1, 65_535), 'participant'],
    [capability.publicKey.length === 32, 'key'],
    [within(capability.role, 1, 255), 'role'],
    [capability.permissions.length <= 32 && ascending(capability.permissions) && capability.permissions.every(one => within(one, 1, 255)), 'permissions'],
    [within(capability.expires - capability.notBefore, 1, 900_000), 'life'],
    [within(capability.epoch, 0, 2 ** 32 - 1), 'epoch'],
    [within(capability.serial, 1, 2 ** 32 - 1), 'serial'],
  ].find(([right]) => right === false)
  if (wrong !== undefined) throw new Error(`The ${String(wrong[1])} of a capability is out of its range.`)
  if (hex(capabilityForm(capability)) !== hex(form)) throw new Error('A capability in another form.')
  if (!verifies(customerKey, form, signed.slice(-64))) throw new Error('The signature of a capability is not the customer’s.')
  return capability
}

const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes)
const within = (value: number, least: number, most: number): boolean => value >= least && value <= most
const ascending = (list: readonly number[]): boolean => list.every((value, place) => place === 0 || value > (list[place - 1] ?? 0))

function number(bytes: Uint8Array | undefined): number {
  const digits = text(bytes)
  if (!/^(0|[1-9]\d{0,15})$/.test(digits)) throw new Error(`“${digits}” in a capability is no number.`)
  return Number(digits)
}
