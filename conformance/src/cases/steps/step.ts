/** What a step is made of. */
import type { ChannelName } from '../../play/player.js'
import { enumOf, enumValue } from '../../wire/schema.js'
import type { Plain, Step } from '../load.js'
import type { Performance } from '../performance.js'

/** Channels as cases write them. */
const CHANNELS: ReadonlyMap<string, ChannelName> = new Map(
  (['RELAY', 'HANDSHAKE', 'SESSION', 'SCREEN', 'MEDIA', 'INPUT', 'CLIPBOARD', 'FILE', 'ELEVATION', 'CHAT', 'ANNOTATION'] as const).map(name => [
    name.toLowerCase(),
    name,
  ]),
)

/** Plays a step; the places in the wire's events that prove it, if there are any. Throws `Disappointment` if it does not come out. */
export type Play = (p: Performance, value: unknown, step: Step) => Promise<readonly number[] | undefined> | readonly number[] | undefined

/** The close codes that a case names, as numbers. */
export function codesOf(value: unknown): readonly number[] {
  const list = Array.isArray(value) ? value : [value]
  return list.map(code => (typeof code === 'number' ? code : enumValue(enumOf('CloseCode'), String(code))))
}

/** The channel and the message, or pattern, of a step that names one. */
export function channelOf(value: Plain): readonly [ChannelName, unknown] | undefined {
  for (const [key, name] of CHANNELS) if (value[key] !== undefined) return [name, value[key]]
  return undefined
}

/** Keeps values under names: `{name: path}`. */
export function keepAll(p: Performance, keep: unknown, from: Plain): void {
  for (const [name, path] of Object.entries((keep ?? {}) as Plain)) p.keep(name, valueAt(from, String(path)))
}

/** The value at a path like `grants.0.permission`. */
export const valueAt = (from: unknown, path: string): unknown => path.split('.').reduce<unknown>((value, key) => (value as Plain | undefined)?.[key], from)
