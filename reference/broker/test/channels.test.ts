import { Channel, Role } from '@remote-assist/codec'
import { expect, test } from 'vitest'
import { channelsBetween, channelsOf, forwardedChannels, has } from '../src/channels.js'

const { AGENT, CUSTOMER, VIEWER, BROKER } = Role
const names = (channels: number): readonly string[] =>
  Object.values(Channel)
    .filter(channel => typeof channel === 'number' && has(channels, channel))
    .map(channel => Channel[channel as Channel])

test('agents and viewers reach the customer alone (RA-RLY-012)', () => {
  for (const [from, to] of [
    [AGENT, AGENT],
    [AGENT, VIEWER],
    [VIEWER, AGENT],
    [VIEWER, VIEWER],
    [CUSTOMER, CUSTOMER],
    [AGENT, BROKER],
    [BROKER, AGENT],
  ] as const) {
    expect(names(channelsBetween(from, to))).toEqual([])
  }
})

test('a viewer has no channel on which it could act (RA-RLY-012)', () => {
  const acting = [Channel.INPUT, Channel.CLIPBOARD, Channel.FILE, Channel.ELEVATION, Channel.MEDIA, Channel.ANNOTATION]
  for (const channel of acting) expect(has(channelsOf(VIEWER), channel)).toBe(false)
  for (const channel of acting.filter(other => other !== Channel.MEDIA)) expect(has(channelsBetween(CUSTOMER, VIEWER), channel)).toBe(false)
  expect(has(channelsBetween(CUSTOMER, VIEWER), Channel.MEDIA)).toBe(true)
  expect(channelsOf(BROKER)).toBe(0)
})

test('a Welcome names what is forwarded from or to the role', () => {
  expect(forwardedChannels(VIEWER)).toEqual([Channel.RELAY, Channel.HANDSHAKE, Channel.SESSION, Channel.SCREEN, Channel.MEDIA, Channel.CHAT])
  expect(forwardedChannels(AGENT)).toContain(Channel.ELEVATION)
})
