/** The tenant's policy: its defaults, in one place; how a session narrows it; and its form on the wire. */
import { PasswordClass, type Policy, Role } from '@remote-assist/codec'
import { ROLE_CEILING } from '../peer/grants.js'

/** A policy as plain data: `Policy` with byte counts as numbers, safe to keep as JSON. */
export type RoomPolicy = Omit<Policy, 'maxFileBytes' | 'maxSessionBytes'> & { readonly maxFileBytes: number; readonly maxSessionBytes: number }

/** What holds unless an administrator decides otherwise. */
export const DEFAULT_POLICY: RoomPolicy = {
  maxFileBytes: 1_073_741_824,
  maxSessionBytes: 0,
  maxTransferEntries: 100_000,
  permissionsCeiling: ROLE_CEILING[Role.AGENT],
  consentTimeoutMs: 60_000,
  maxParticipants: 32,
  idleTimeoutMs: 1_800_000,
  maxSessionDurationMs: 28_800_000,
  requireWordsBeforeElevation: false,
  passwordClasses: [PasswordClass.PIN, PasswordClass.LINK],
  pictureCodecs: [],
  maxElevationMs: 900_000,
}

/** The policy as the wire has it. */
export const policyToWire = (policy: RoomPolicy): Policy => ({
  ...policy,
  maxFileBytes: BigInt(policy.maxFileBytes),
  maxSessionBytes: BigInt(policy.maxSessionBytes),
})

/** Fields in which 0 stands for "no limit". */
const ENDLESS = new Set<keyof RoomPolicy>(['maxSessionBytes', 'idleTimeoutMs', 'maxSessionDurationMs'])
const NUMBERS = [
  'maxFileBytes',
  'maxSessionBytes',
  'maxTransferEntries',
  'consentTimeoutMs',
  'maxParticipants',
  'idleTimeoutMs',
  'maxSessionDurationMs',
  'maxElevationMs',
] as const

/** A policy that was narrowed, or the field that would have widened it. */
export type Narrowed = { readonly policy: RoomPolicy } | { readonly widens: keyof Policy }

const widensNumber = (field: keyof RoomPolicy, from: number, to: number): boolean => to > from && !(from === 0 && ENDLESS.has(field))
/** An empty list of the tenant's stands for all. */
const widensList = (from: readonly number[], to: readonly number[]): boolean => from.length > 0 && to.some(item => !from.includes(item))

/** The policy of a session: the tenant's, narrowed by what was asked for. A field that is 0, empty or false asks for nothing. */
export function narrowPolicy(tenant: RoomPolicy, asked: Policy): Narrowed {
  const numbers: { [field in (typeof NUMBERS)[number]]?: number } = {}
  for (const field of NUMBERS) {
    const value = Number(asked[field])
    if (widensNumber(field, tenant[field], value)) return { widens: field }
    numbers[field] = value === 0 ? tenant[field] : value
  }
  if (asked.permissionsCeiling.some(permission => !tenant.permissionsCeiling.includes(permission))) return { widens: 'permissionsCeiling' }
  if (widensList(tenant.passwordClasses, asked.passwordClasses)) return { widens: 'passwordClasses' }
  if (widensList(tenant.pictureCodecs, asked.pictureCodecs)) return { widens: 'pictureCodecs' }
  const narrower = <T>(from: readonly T[], to: readonly T[]): readonly T[] => (to.length === 0 ? from : to)
  return {
    policy: {
      ...tenant,
      ...numbers,
      permissionsCeiling: narrower(tenant.permissionsCeiling, asked.permissionsCeiling),
      passwordClasses: narrower(tenant.passwordClasses, asked.passwordClasses),
      pictureCodecs: narrower(tenant.pictureCodecs, asked.pictureCodecs),
      requireWordsBeforeElevation: tenant.requireWordsBeforeElevation || asked.requireWordsBeforeElevation,
    },
  }
}
