/** Who is there while a case is played. */
import type { RoleUnderTest } from '../adapter/index.js'
import type { Stage } from '../play/player.js'

/** Everybody, at the moment at which a case begins. */
export interface Cast {
  readonly stage: Stage
  readonly testee: RoleUnderTest
  /** At a broker: opens a connection of a new player without a Hello; else undefined. */
  readonly connect?: (name: string) => Promise<void>
  /** Values that cases may use by name, beside players' numbers and facts. */
  readonly given: ReadonlyMap<string, unknown>
  close(): Promise<void>
}
