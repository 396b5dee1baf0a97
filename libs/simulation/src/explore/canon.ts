/** A world as text, alike for worlds that differ only in how late it is and in counters that only ever grow. */
import type { World } from './world.js'
import { NAMES } from './world.js'

/** Fields that hold a moment; told by their names, which carry it. */
const MOMENT = /(At|By|Until|until|by|deadline|at)$/
/** Fields that tell nothing about what can happen next: counters, and when things began. */
const IGNORED = new Set([
  'pulse',
  'revision',
  'mediaEpoch',
  'joinedAt',
  'enteredAt',
  'createdAt',
  'told',
  'usage',
  'platform',
  'policy',
  'details',
  'ceiling',
  'displayName',
  'tokensAt',
  'seq',
  'capturedAtUs',
])
/** A moment further away than this is just later. */
const FAR_MS = 40_000

export function canonical(world: World): string {
  const { now } = world
  const plain = (key: string, value: unknown): unknown => {
    if (IGNORED.has(key)) return undefined
    if (typeof value === 'number' && MOMENT.test(key)) return value - now > FAR_MS ? 'later' : Math.max(0, value - now)
    if (typeof value === 'bigint') return 0
    if (value instanceof Uint8Array) return value.length
    if (value instanceof Map) return [...value]
    return value
  }
  const { record, ends, drops, invariants } = world
  return `${drops} ${invariants.memory} ${JSON.stringify(record, plain)} ${NAMES.map(name => JSON.stringify(ends[name], plain)).join(' ')}`
}
