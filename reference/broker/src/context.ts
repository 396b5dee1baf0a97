import type { Authenticator } from './authenticator.js'
import type { Bus } from './bus.js'
import type { Clock } from './clock.js'
import type { Log } from './log.js'
import type { MemoryGate } from './memory-gate.js'
import type { Metrics } from './metrics.js'
import type { Settings } from './options.js'
import type { Registry } from './registry.js'
import type { Rooms } from './rooms.js'
import type { Throttle } from './throttle.js'

/** What the parts of one broker share. */
export interface Context {
  readonly settings: Settings
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  readonly registry: Registry
  readonly bus: Bus
  readonly rooms: Rooms
  readonly throttle: Throttle
  readonly gate: MemoryGate
  readonly authenticator: Authenticator
}
