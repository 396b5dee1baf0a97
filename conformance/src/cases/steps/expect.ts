/** Steps that look at what arrived. */

import type { Failing } from '../../model.js'
import { type Arrival, type ChannelName, Overdue } from '../../play/player.js'
import type { Plain } from '../load.js'
import { CaseError, lookUp, misfit, type Names, show } from '../pattern.js'
import { Disappointment, type Performance } from '../performance.js'
import { settled } from './settled.js'
import { channelOf, type Play, valueAt } from './step.js'

/** What an expectation looks for: the channel, the member, and its pattern. */
interface Wanted {
  readonly at: string
  readonly channel: ChannelName | 'ANY'
  readonly member: string
  readonly pattern: unknown
  readonly where: unknown
  readonly frame: unknown
}

function wantedOf(value: Plain & { at?: string; channel?: string; where?: unknown }): Wanted {
  const { at = 'broker', channel, frame, where } = value
  const said = channelOf(value)
  if (said === undefined) return { at, channel: (channel ?? 'ANY') as ChannelName | 'ANY', member: '', pattern: {}, where, frame }
  const [entry, ...more] = Object.entries((said[1] ?? {}) as Plain)
  if (entry === undefined || more.length > 0) throw new CaseError(`a step expects exactly one message, not ${show(said[1])}`)
  return { at, channel: said[0], member: entry[0], pattern: entry[1] ?? {}, where, frame }
}

const fits =
  ({ channel, frame, member, where }: Wanted, names: Names) =>
  (arrival: Arrival): boolean =>
    (channel === 'ANY' ? arrival.channel !== 'RELAY' : arrival.channel === channel) &&
    (member === '' || arrival.name === member) &&
    (where === undefined || (misfit(where, arrival.fields, names) === undefined && (frame === undefined || misfit(frame, arrival.frame, names) === undefined)))

export const expect: Play = async (p, value, step) => {
  const wanted = wantedOf(value as Plain)
  const key = `${wanted.at}/${wanted.channel}/${wanted.member}`
  const inbox = p.inbox(wanted.at)
  const arrival = await soon(
    p,
    wanted.at,
    inbox.next(fits(wanted, p.names), { from: p.from(key), withinMs: step.withinMs }),
    `${wanted.channel}.${wanted.member || '*'}`,
  )
  p.lookedAt(key, arrival)
  if (arrival.fault !== undefined && wanted.member !== '') throw new Disappointment('different', `what came cannot be read: ${arrival.fault}`, [arrival.index])
  const wrong = misfit(wanted.pattern, arrival.fields, p.names)
  if (wrong !== undefined) throw new Disappointment('different', `${arrival.name} came at ${wanted.at}, but ${wrong}`, [arrival.index])
  const { after } = value as { after?: string }
  const { frame } = wanted
  const changed = frame === undefined ? undefined : misfit(frame, arrival.frame, p.names, 'the frame')
  if (changed !== undefined) throw new Disappointment('different', `${arrival.channel} came at ${wanted.at}, but ${changed}`, [arrival.index])
  if (after !== undefined && arrival.index <= Number(lookUp(after, p.names)))
    throw new Disappointment('different', `${arrival.name} came at ${wanted.at} before ${after}`, [arrival.index])
  for (const [name, path] of Object.entries(((value as Plain).keep ?? {}) as Plain)) p.keep(name, at(arrival, String(path)))
  return [arrival.index]
}

/** The value at a path like `grants.0.permission`; of the frame itself: `@sequence`, `@source`, `@frame`; its place among all that came: `@index`. */
function at(arrival: Arrival, path: string): unknown {
  if (path.startsWith('@')) return (arrival as unknown as Plain)[path.slice(1)]
  return path === '' ? arrival.fields : valueAt(arrival.fields, path)
}

/** What has to come. `why`: in what way it is wrong that it did not. */
export async function soon<T extends { readonly index: number }>(
  p: Performance,
  where: string,
  coming: Promise<T>,
  what: string,
  why: () => Promise<Failing> = () => p.absence(where),
): Promise<T> {
  try {
    return await coming
  } catch (error) {
    if (!(error instanceof Overdue)) throw error
    const came = error.seen.map(({ channel, name, fault }) => (fault === undefined ? `${channel}.${name}` : `${channel} that cannot be read (${fault})`))
    throw new Disappointment(
      await why(),
      `no ${what} came at ${where}: ${error.message}; what came: ${summary(came)}`,
      error.seen.map(({ index }) => index),
    )
  }
}

/** Names in order, repeats counted: `Alive ×3, Roster`. */
function summary(names: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts].map(([name, count]) => (count > 1 ? `${name} ×${count}` : name)).join(', ') || 'nothing'
}

export const never: Play = async (p, value) => {
  const wanted = wantedOf(value as Plain)
  await settled(p, wanted.at)
  const { most = 0 } = value as { most?: number }
  const found = p
    .inbox(wanted.at)
    .all.filter(arrival => arrival.index >= p.mark && fits(wanted, p.names)(arrival) && misfit(wanted.pattern, arrival.fields, p.names) === undefined)
    .filter(arrival => wanted.frame === undefined || misfit(wanted.frame, arrival.frame, p.names) === undefined)
  const beyond = found[most]
  if (beyond === undefined) return []
  const times = most === 0 ? '' : ` ${found.length} times, and ${most} are allowed`
  throw new Disappointment('forbidden', `${beyond.channel}.${beyond.name} came at ${wanted.at}${times}: ${show(beyond.fields)}`, [beyond.index])
}
