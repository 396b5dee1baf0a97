import {
  Os,
  Permission,
  Phase,
  type PlatformInfo,
  type Policy,
  type Role,
  type Roster,
  type RosterEntry,
  type Screen,
  type Subscribe,
  type Welcome,
} from '@remote-assist/codec'

/** Everything that can be granted. */
export const EVERYTHING: readonly Permission[] = Object.values(Permission).filter((it): it is Permission => typeof it === 'number' && it > 0)

export const POLICY: Policy = {
  maxFileBytes: 1_073_741_824n,
  maxSessionBytes: 0n,
  maxTransferEntries: 1_000,
  permissionsCeiling: EVERYTHING,
  consentTimeoutMs: 60_000,
  maxParticipants: 32,
  idleTimeoutMs: 0,
  maxSessionDurationMs: 0,
  requireWordsBeforeElevation: false,
  passwordClasses: [],
  pictureCodecs: [],
  maxElevationMs: 900_000,
}

export const PLATFORM: PlatformInfo = { os: Os.WINDOWS, version: '11', canElevate: true, canSendSecureKeys: true, canControl: true }

export const HEARTBEAT_MS = 10_000
export const GRACE_MS = 30_000

export const entry = (participant: number, role: Role, change: Partial<RosterEntry> = {}): RosterEntry => ({
  participant,
  role,
  phase: Phase.ADMITTED,
  lead: false,
  displayName: '',
  incarnation: 1,
  inviteId: new Uint8Array(),
  ...change,
})

export const roster = (revision: bigint, ...entries: readonly RosterEntry[]): Roster => ({ revision, entries })

export const welcome = (participant: number, change: Partial<Welcome> = {}): Welcome => ({
  minor: 0,
  sessionId: new Uint8Array(16),
  participant,
  incarnation: 1,
  roster: roster(1n),
  policy: POLICY,
  channels: [],
  maxFrameBytes: 266_240,
  heartbeatMs: HEARTBEAT_MS,
  resumeToken: new Uint8Array(32),
  graceMs: GRACE_MS,
  codeExpiresInMs: 600_000,
  admitted: true,
  ...change,
})

export const hello = (role: Role) => ({
  version: { minMinor: 0, maxMinor: 0 },
  role,
  agentToken: '',
  locator: '',
  inviteId: new Uint8Array(),
  resumeToken: new Uint8Array(),
  implementation: undefined,
  capabilities: [],
  displayName: '',
})

export const screen = (screenId: number, change: Partial<Screen> = {}): Screen => ({
  screenId,
  name: `screen ${screenId}`,
  x: 0,
  y: 0,
  width: 1_920,
  height: 1_080,
  scalePercent: 100,
  rotation: 0,
  primary: screenId === 1,
  ...change,
})

export const subscribe = (screenId: number): Subscribe => ({ screenId, maxWidth: 0, maxHeight: 0, maxFps: 0, codecs: [] })
