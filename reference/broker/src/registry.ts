/** Where room records are kept: in memory here; in a key-value store where several brokers share them. */
import type { RoomRecord } from '@remote-assist/core'

/** A page of records, newest first; `next` continues it. */
export interface Page {
  readonly records: readonly RoomRecord[]
  readonly next: string | undefined
}

/** How a compare-and-set ended: `stale` if the record had another revision, `locator-taken` if the new locator is another session's. */
export type SetResult = 'done' | 'stale' | 'locator-taken'

/** Room records by session id, changed only by compare-and-set of their revision. */
export interface Registry {
  /** Adds a record; `false` if its session or its locator is there already (RA-RLY-212). */
  create(record: RoomRecord): Promise<boolean>
  get(sessionId: string): Promise<RoomRecord | undefined>
  /** Puts `next` in the place of the record of revision `expected`. */
  compareAndSet(next: RoomRecord, expected: number): Promise<SetResult>
  delete(sessionId: string): Promise<void>
  /** Tells of every change, whoever made it, until the returned function is called. */
  watch(listener: (record: RoomRecord) => void): () => void
  /** The session whose open code has this locator. */
  findByLocator(locator: string): Promise<string | undefined>
  /** The session whose customer announced this invitation. */
  findByInvite(inviteId: string): Promise<string | undefined>
  /** At most `limit` records, newest first, behind what `after` (from an earlier page) names; those of one tenant, unless it is `undefined`. */
  list(limit: number, after: string | undefined, tenant: string | undefined): Promise<Page>
  /** How many sessions are not closed. */
  live(): Promise<number>
}

/** A registry in this process. Records are immutable, so that they are handed out as they are. */
export function memoryRegistry(): Registry {
  const records = new Map<string, RoomRecord>()
  const byLocator = new Map<string, string>()
  const byInvite = new Map<string, string>()
  const listeners = new Set<(record: RoomRecord) => void>()
  let live = 0

  /** Brings the indexes from what one record says to what the next one says. */
  function index(before: RoomRecord | undefined, after: RoomRecord | undefined): void {
    live += Number(after !== undefined && after.phase !== 'closed') - Number(before !== undefined && before.phase !== 'closed')
    if (before?.code !== undefined) byLocator.delete(before.code.locator)
    if (after?.code !== undefined) byLocator.set(after.code.locator, after.sessionId)
    if (before?.invites === after?.invites) return
    for (const { inviteId } of before?.invites ?? []) byInvite.delete(inviteId)
    for (const { inviteId } of after?.invites ?? []) byInvite.set(inviteId, (after as RoomRecord).sessionId)
  }

  const taken = ({ code, sessionId }: RoomRecord): boolean => code !== undefined && (byLocator.get(code.locator) ?? sessionId) !== sessionId

  return {
    async create(record) {
      if (records.has(record.sessionId) || taken(record)) return false
      records.set(record.sessionId, record)
      index(undefined, record)
      return true
    },
    get: async sessionId => records.get(sessionId),
    async compareAndSet(next, expected) {
      const before = records.get(next.sessionId)
      if (before?.revision !== expected) return 'stale'
      if (taken(next)) return 'locator-taken'
      records.set(next.sessionId, next)
      index(before, next)
      for (const listener of listeners) listener(next)
      return 'done'
    },
    async delete(sessionId) {
      index(records.get(sessionId), undefined)
      records.delete(sessionId)
    },
    watch(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    findByLocator: async locator => byLocator.get(locator),
    findByInvite: async inviteId => byInvite.get(inviteId),
    async list(limit, after, tenant) {
      // A Map keeps the order of creation; the newest come last.
      const own = [...records.values()].filter(({ details }) => tenant === undefined || details.tenant === tenant)
      const ids = own.map(({ sessionId }) => sessionId).reverse()
      const start = after === undefined ? 0 : ids.indexOf(after) + 1
      const page = ids.slice(start, start + limit)
      const next = start + limit < ids.length ? page.at(-1) : undefined
      return { records: page.flatMap(id => records.get(id) ?? []), next }
    },
    live: async () => live,
  }
}
