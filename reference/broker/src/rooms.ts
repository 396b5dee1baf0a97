/** The rooms that this broker deals with: steps their records, carries out what follows, and keeps their timers. */
import { createHash } from 'node:crypto'
import { CloseCode, Notice_Kind } from '@remote-assist/codec'
import { type NewRoom, newRoom, participantOf, type RoomEffect, type RoomEvent, type RoomRecord, room, rosterFor } from '@remote-assist/core'
import type { Bus } from './bus.js'
import type { Cancel, Clock } from './clock.js'
import type { Log } from './log.js'
import type { Metrics } from './metrics.js'
import type { Registry } from './registry.js'

/** How long the record of a closed room can still be asked for. */
export const CLOSED_TTL_MS = 600_000

/** Participants are told when so much is left of the longest session, in ms, or a tenth of it if that is less (RA-RLY-246). */
export const LIMIT_NEAR_MS = 300_000

/** The time as the room machine takes it. */
type Now = Parameters<typeof room.step>[2]

/** The answer to a Hello. */
export type Answer = Extract<RoomEffect, { type: 'welcome' | 'refuse' }>

/** What this broker holds of a room between two steps. */
export interface LocalRoom {
  /** As this broker saw it last. */
  record: RoomRecord
  /** Bytes relayed that the record does not count yet. */
  uncountedBytes: number
}

interface Kept extends LocalRoom {
  timer: Cancel | undefined
  /** Tells that the longest session is nearly over. */
  warning: Cancel | undefined
  /** The end of the last step: steps of one room follow one another, and so do their effects. */
  turn: Promise<unknown>
}

/** What the rooms stand on. */
export interface RoomsOptions {
  readonly registry: Registry
  readonly bus: Bus
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  /** This broker's name. */
  readonly node: string
}

/** A token's hash, in hex: all that is kept of it. */
export const hashOf = (token: Uint8Array | string): string => createHash('sha256').update(token).digest('hex')

/** Ends the timers of a room. */
function silence({ timer, warning }: Kept): void {
  timer?.()
  warning?.()
}

/** Steps room records by compare-and-set. Everything that changes a room goes through `apply`. */
export class Rooms {
  readonly #rooms = new Map<string, Kept>()

  readonly #unwatch: () => void

  constructor(readonly options: RoomsOptions) {
    // Another broker may have stepped a room whose participants are attached here as well.
    this.#unwatch = options.registry.watch(record => {
      const kept = this.#rooms.get(record.sessionId)
      if (kept !== undefined && kept.record.revision < record.revision) this.#keep(record)
    })
  }

  /** Makes a room; `undefined` if its locator was taken meanwhile. */
  async create(given: NewRoom): Promise<RoomRecord | undefined> {
    const record = newRoom(given, this.#now())
    if (!(await this.options.registry.create(record))) return undefined
    this.#keep(record)
    return record
  }

  /** The room as this broker has it, for the connections that are attached here; `undefined` if it has none. */
  local(sessionId: string): LocalRoom | undefined {
    return this.#rooms.get(sessionId)
  }

  /** The record as it stands now, overdue deadlines applied; `undefined` if there is no such session. */
  read(sessionId: string): Promise<RoomRecord | undefined> {
    return this.apply(sessionId, { type: 'tick' })
  }

  /**
   * Applies an event and carries out what follows: closes, rosters, then `answer` with the answer to a Hello. Resolves to the record afterwards (as it was
   * before, if a new locator turned out to be another session's), or to `undefined` if there is no such session.
   */
  async apply(sessionId: string, event: RoomEvent, answer?: (effect: Answer, room: LocalRoom) => void): Promise<RoomRecord | undefined> {
    const before = this.#rooms.get(sessionId)?.turn ?? Promise.resolve()
    const turn = before.then(() => this.#step(sessionId, event, answer))
    const kept = this.#rooms.get(sessionId)
    if (kept !== undefined) kept.turn = turn.catch(() => undefined)
    return await turn
  }

  /** Adds what was relayed since the last time to the record, in the background; what could not be added is added the next time. */
  count(sessionId: string): void {
    const kept = this.#rooms.get(sessionId)
    if (kept === undefined || kept.uncountedBytes === 0) return
    const bytes = kept.uncountedBytes
    kept.uncountedBytes = 0
    this.apply(sessionId, { type: 'usage.relayed', bytes }).catch((error: unknown) => {
      kept.uncountedBytes += bytes
      this.#failed(sessionId, 'the bytes relayed could not be counted', error)
    })
  }

  /** Stops the timers. */
  close(): void {
    this.#unwatch()
    for (const kept of this.#rooms.values()) silence(kept)
    this.#rooms.clear()
  }

  async #step(sessionId: string, event: RoomEvent, answer?: (effect: Answer, room: LocalRoom) => void): Promise<RoomRecord | undefined> {
    const { registry } = this.options
    for (;;) {
      const record = await registry.get(sessionId)
      if (record === undefined) return undefined
      const { state, effects } = room.step(record, event, this.#now())
      const result = state === record ? 'done' : await registry.compareAndSet(state, record.revision)
      if (result === 'stale') continue
      if (result === 'locator-taken') return record
      const kept = this.#keep(state)
      this.#carryOut(kept, effects, answer)
      return state
    }
  }

  #keep(record: RoomRecord): Kept {
    const known = this.#rooms.get(record.sessionId)
    if (known?.record === record) return known
    const kept = known ?? { record, uncountedBytes: 0, timer: undefined, warning: this.#warningOf(record), turn: Promise.resolve() }
    kept.record = record
    kept.timer?.()
    kept.timer = this.#timerOf(record)
    if (record.phase === 'closed') kept.warning?.()
    this.#rooms.set(record.sessionId, kept)
    return kept
  }

  #timerOf(record: RoomRecord): Cancel | undefined {
    const { clock } = this.options
    if (record.phase === 'closed')
      return clock.schedule(clock.now() + CLOSED_TTL_MS, () =>
        this.#forget(record.sessionId).catch((error: unknown) => this.#failed(record.sessionId, 'a closed room could not be deleted', error)),
      )
    const due = room.nextDeadline(record)
    return due === undefined ? undefined : clock.schedule(due, () => this.#background(record.sessionId, { type: 'tick' }))
  }

  #warningOf({ sessionId, createdAt, policy: { maxSessionDurationMs: longestMs } }: RoomRecord): Cancel | undefined {
    if (longestMs === 0) return undefined
    const leftMs = Math.min(LIMIT_NEAR_MS, Math.floor(longestMs / 10))
    return this.options.clock.schedule(createdAt + longestMs - leftMs, () => this.#warn(sessionId, leftMs))
  }

  /** Tells those that are attached here; other brokers tell theirs. */
  #warn(sessionId: string, leftMs: number): void {
    const { bus, node } = this.options
    const { participants } = this.#rooms.get(sessionId)?.record ?? { participants: [] }
    const notice = { kind: Notice_Kind.LIMIT_NEAR, participant: 0, amount: BigInt(leftMs), detail: 'The session reaches its longest duration.' }
    for (const p of participants) if (p.state === 'admitted' && p.node === node) bus.tell(sessionId, p.number, { $case: 'notice', value: notice })
  }

  #background(sessionId: string, event: RoomEvent): void {
    this.apply(sessionId, event).catch((error: unknown) => this.#failed(sessionId, `a room could not be stepped by ${event.type}`, error))
  }

  async #forget(sessionId: string): Promise<void> {
    const kept = this.#rooms.get(sessionId)
    if (kept !== undefined) silence(kept)
    this.#rooms.delete(sessionId)
    await this.options.registry.delete(sessionId)
  }

  /** Nobody waits for what failed: the log is all that hears of it. */
  #failed(sessionId: string, what: string, error: unknown): void {
    this.options.log.error({ session: sessionId, err: error }, what)
  }

  #carryOut(kept: Kept, effects: readonly RoomEffect[], answer?: (effect: Answer, room: LocalRoom) => void): void {
    const { bus, log, metrics } = this.options
    const { record } = kept
    const { sessionId } = record
    for (const effect of effects) {
      if (effect.type === 'close') {
        bus.end(sessionId, effect.participant, effect.incarnation, effect.code, effect.bye)
      } else if (effect.type === 'roster') {
        for (const number of effect.to) this.#tellRoster(record, number)
      } else if (effect.type === 'closed') {
        metrics.sessionEnded(effect.code)
        log.info({ session: sessionId, code: effect.code, reason: CloseCode[effect.code] }, 'session closed')
      }
    }
    for (const effect of effects) if (effect.type === 'welcome' || effect.type === 'refuse') answer?.(effect, kept)
  }

  #tellRoster(record: RoomRecord, number: number): void {
    const reader = participantOf(record, number)
    if (reader !== undefined) this.options.bus.tell(record.sessionId, number, { $case: 'roster', value: rosterFor(record, reader) })
  }

  #now(): Now {
    return this.options.clock.now() as Now
  }
}
