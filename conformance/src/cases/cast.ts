/** Who is there while a case is played. */
import type { RoleUnderTest } from '../adapter/index.js'
import type { TraceEntry } from '../model.js'
import type { Endpoint } from '../play/endpoint.js'
import type { Stage } from '../play/player.js'

/** Everybody who takes part in a case. */
export interface Cast {
  readonly stage: Stage
  /** Another one once it was started again. */
  readonly testee: RoleUnderTest
  /** At a broker: opens a connection of a new player without a Hello; else undefined. */
  readonly connect?: (name: string) => Promise<void>
  /** At a broker: says Hello as a player of that name should, but for these fields. */
  readonly hello?: (name: string, fields: Readonly<Record<string, unknown>>) => void
  /** At a broker: the line of a player. */
  readonly endpoint?: (name: string) => Endpoint
  /**
   * At a customer: its computer is started again, and this ticket lies there. `ms`: what the testee's clock has advanced since the case's beginning. Rejects with
   * `RoleRefused` if the testee does not begin.
   */
  readonly restart?: (ticket: Uint8Array, ms: number) => Promise<void>
  /** Nothing was waited for before the case: what has come since the testee was started counts. */
  readonly fromTheStart?: boolean
  /** Values that cases may use by name, beside players' numbers and facts. */
  readonly given: ReadonlyMap<string, unknown>
  /** What was said between suite and adapter, for the timeline. */
  readonly notes: readonly TraceEntry[]
  /** Brings everybody to where the case begins. Rejects with `Disappointment` if the testee does not come along. */
  arrive(): Promise<void>
  close(): Promise<void>
}
