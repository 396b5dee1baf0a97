/** Grants: what a participant may do, each until it expires or the session ends. */
import { type Grant, Permission, Role } from '@remote-assist/codec'
import { after, earliest, type Instant, msUntil } from '../instant.js'

/** A permission that is held; `expiresAt` undefined = with the session. */
export interface Held {
  readonly permission: Permission
  readonly expiresAt: Instant | undefined
}

/** What a role can be granted at all, whatever a customer or a policy says. */
export const ROLE_CEILING: { readonly [R in Role.AGENT | Role.VIEWER]: readonly Permission[] } = {
  [Role.AGENT]: [
    Permission.VIEW_SCREEN,
    Permission.CONTROL_INPUT,
    Permission.CLIPBOARD_TO_CUSTOMER,
    Permission.CLIPBOARD_FROM_CUSTOMER,
    Permission.FILES_TO_CUSTOMER,
    Permission.FILES_FROM_CUSTOMER,
    Permission.ELEVATE,
    Permission.RUN_COMMAND,
    Permission.SECURE_KEYS,
    Permission.CHAT,
    Permission.ANNOTATE,
    Permission.RECORD,
  ],
  [Role.VIEWER]: [Permission.VIEW_SCREEN, Permission.CHAT, Permission.RECORD],
}

/** The grants that remain under a ceiling, one for each permission, ascending by permission. */
export function withinCeiling(grants: readonly Held[], ceiling: readonly Permission[]): readonly Held[] {
  const byPermission = new Map<Permission, Held>()
  for (const grant of grants) if (ceiling.includes(grant.permission)) byPermission.set(grant.permission, grant)
  return [...byPermission.values()].sort((a, b) => a.permission - b.permission)
}

export const holds = (grants: readonly Held[], permission: Permission): boolean => grants.some(grant => grant.permission === permission)

/** The grants that have not expired at `now`; the same array if all are left. */
export function unexpired(grants: readonly Held[], now: Instant): readonly Held[] {
  const left = grants.filter(grant => grant.expiresAt === undefined || now < grant.expiresAt)
  return left.length === grants.length ? grants : left
}

export const nextExpiry = (grants: readonly Held[]): Instant | undefined => earliest(...grants.map(grant => grant.expiresAt))

export const fromWire = (grants: readonly Grant[], now: Instant): readonly Held[] =>
  grants.map(({ permission, expiresInMs }) => ({ permission, expiresAt: expiresInMs === 0 ? undefined : after(now, expiresInMs) }))

export const toWire = (grants: readonly Held[], now: Instant): Grant[] =>
  grants.map(({ permission, expiresAt }) => ({ permission, expiresInMs: msUntil(expiresAt, now) }))
