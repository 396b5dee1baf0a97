/** Which role may write to which on which channel: derived from the rules of the messages, so that the schema stays the only source (RA-RLY-012). */
import { Channel, type ChannelName, Role, RULES } from '@remote-assist/codec'

/** A set of channels: bit n stands for channel n. */
export type Channels = number

const bit = (channel: Channel): Channels => 1 << channel

/** Whether the set has that channel. */
export const has = (channels: Channels, channel: Channel): boolean => (channels & bit(channel)) !== 0

/** HANDSHAKE alone: all that a candidate and its authority may use with each other (RA-RLY-169). */
export const HANDSHAKE_ONLY: Channels = bit(Channel.HANDSHAKE)

const NAMES = Object.keys(RULES) as readonly ChannelName[]
const ROLES = [Role.AGENT, Role.CUSTOMER, Role.VIEWER] as const

function derive(from: Role, to: readonly Role[]): Channels {
  let channels = 0
  for (const name of NAMES) {
    const rules = Object.values(RULES[name]).flat()
    if (rules.some(rule => rule.from === from && rule.to.some(role => to.includes(role)))) channels |= bit(Channel[name])
  }
  return channels
}

const BETWEEN = new Map(ROLES.map(from => [from, new Map(ROLES.map(to => [to as Role, derive(from, [to])]))] as const))
const FROM = new Map(ROLES.map(from => [from as Role, derive(from, ROLES)]))

/** The channels on which `from` may write to `to`. */
export const channelsBetween = (from: Role, to: Role): Channels => BETWEEN.get(from as (typeof ROLES)[number])?.get(to) ?? 0

/** The channels on which `from` may write to anybody but the broker. */
export const channelsOf = (from: Role): Channels => FROM.get(from) ?? 0

/** The channels that a broker forwards from or to that role, for its Welcome. */
export function forwardedChannels(role: Role): readonly Channel[] {
  const channels = ROLES.reduce((all, other) => all | channelsBetween(role, other) | channelsBetween(other, role), bit(Channel.RELAY))
  return NAMES.map(name => Channel[name]).filter(channel => has(channels, channel))
}
