/** What a vendor can claim, role by role. */
import type { ProfileName, RoleName } from '../model.js'

/**
 * The profiles of each role, in the order in which people read them. The first is the one that every implementation of the role has to pass;
 * customers claim `viewer` if they let viewers in.
 */
export const PROFILES_OF: Readonly<Record<RoleName, readonly [ProfileName, ...ProfileName[]]>> = {
  agent: ['core', 'resume', 'files', 'clipboard', 'elevation', 'annotation-chat', 'binding-websocket', 'binding-grpc'],
  customer: ['core', 'viewer', 'resume', 'files', 'clipboard', 'elevation', 'annotation-chat', 'binding-websocket', 'binding-grpc'],
  viewer: ['viewer', 'resume', 'annotation-chat', 'binding-websocket', 'binding-grpc'],
  broker: ['relay', 'resume', 'multi-tenant', 'binding-websocket', 'binding-grpc'],
}

/** The profile that every implementation of this role has to pass, claimed or not. */
export const coreOf = (role: RoleName): ProfileName => PROFILES_OF[role][0]

/**
 * Under which of a role's profiles it falls what the specification counts to `profile`: core and relay are one to each role, its own.
 * Undefined: it is nothing that the role can claim.
 */
export function profileAt(role: RoleName, profile: ProfileName): ProfileName | undefined {
  if (profile === 'core' || profile === 'relay') return coreOf(role)
  return PROFILES_OF[role].includes(profile) ? profile : undefined
}
