/** Signs of life between two peers: finds half-open lines and lost tails, and measures the round trip. */
import { type Alive, Channel } from '@remote-assist/codec'
import { after, type Instant } from '../instant.js'

/** An Alive goes out this often. */
export const ALIVE_INTERVAL_MS = 2_000
/** So many intervals without one, and the peer counts as lost. */
export const MISSED_ALIVES = 3

type Counts = Readonly<Record<number, number>>

/** MEDIA is not counted: frames may be dropped on purpose. */
export interface Pulse {
  readonly sent: Counts
  readonly received: Counts
  readonly dueAt: Instant
  readonly deadAt: Instant
  /** The Alive sent last: its stamp, and what had been sent before it. */
  readonly mark: { readonly sentAtUs: bigint; readonly sent: Counts } | undefined
  /** The newest Alive that arrived. */
  readonly echo: { readonly sentAtUs: bigint; readonly at: Instant } | undefined
  readonly rttMs: number | undefined
  /** The peer is engaged: the clocks run. */
  readonly awake: boolean
}

export const startPulse = (now: Instant): Pulse => ({
  sent: {},
  received: {},
  dueAt: after(now, ALIVE_INTERVAL_MS),
  deadAt: after(now, ALIVE_INTERVAL_MS * MISSED_ALIVES),
  mark: undefined,
  echo: undefined,
  rttMs: undefined,
  awake: false,
})

/** The peer is engaged from now on: the clocks start. What was sent and received since the keys were made counts. */
export const awake = (pulse: Pulse, now: Instant): Pulse => ({
  ...pulse,
  awake: true,
  dueAt: after(now, ALIVE_INTERVAL_MS),
  deadAt: after(now, ALIVE_INTERVAL_MS * MISSED_ALIVES),
})

const count = (counts: Counts, channel: Channel, by: number): Counts => ({ ...counts, [channel]: (counts[channel] ?? 0) + by })

export const counted = (pulse: Pulse, channel: Channel): Pulse => ({ ...pulse, sent: count(pulse.sent, channel, 1) })

/** Messages arrived: the peer is there. */
export const arrived = (pulse: Pulse, channel: Channel, messages: number, now: Instant): Pulse => ({
  ...pulse,
  received: channel === Channel.MEDIA ? pulse.received : count(pulse.received, channel, messages),
  deadAt: after(now, ALIVE_INTERVAL_MS * MISSED_ALIVES),
})

const micros = (ms: number): bigint => BigInt(Math.max(0, Math.round(ms * 1_000)))

/** The Alive that is due, and the pulse after it. */
export function beat(pulse: Pulse, now: Instant): { readonly pulse: Pulse; readonly alive: Alive } {
  const sentAtUs = micros(now) + 1n
  const received = Object.entries(pulse.received)
    .map(([channel, total]) => ({ channel: Number(channel) as Channel, count: BigInt(total) }))
    .sort((a, b) => a.channel - b.channel)
  const alive: Alive = { received, sentAtUs, echoUs: pulse.echo?.sentAtUs ?? 0n, heldUs: pulse.echo === undefined ? 0n : micros(now - pulse.echo.at) }
  return { pulse: { ...pulse, dueAt: after(now, ALIVE_INTERVAL_MS), mark: { sentAtUs, sent: pulse.sent } }, alive }
}

/** An Alive arrived. `lost`: it answers ours, sent behind everything in `mark`, and yet reports less than that. */
export function felt(pulse: Pulse, alive: Alive, now: Instant): { readonly pulse: Pulse; readonly lost: boolean } {
  const answers = pulse.mark !== undefined && alive.echoUs === pulse.mark.sentAtUs
  const lost = answers && Object.entries(pulse.mark.sent).some(([channel, total]) => reported(alive, Number(channel)) < BigInt(total))
  const rttMs = answers ? Math.max(0, Number(micros(now) + 1n - alive.echoUs - alive.heldUs) / 1_000) : pulse.rttMs
  return { pulse: { ...pulse, echo: { sentAtUs: alive.sentAtUs, at: now }, rttMs }, lost }
}

const reported = (alive: Alive, channel: number): bigint => alive.received.find(entry => entry.channel === channel)?.count ?? 0n
