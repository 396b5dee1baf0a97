/** What the broker counts, for Prometheus. The hot path adds to plain numbers; they are read when somebody asks. */
import { Channel, CloseCode } from '@remote-assist/codec'
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'

/** Counters of one broker. No label holds anything that a participant chose. */
export class Metrics {
  readonly registry = new Registry()
  readonly #frames: number[] = []
  readonly #bytes: number[] = []
  readonly #refusals: Counter<'code'>
  readonly #closes: Counter<'code'>
  readonly #sessionsEnded: Counter<'code'>
  readonly #overruns: Counter
  /** Open connections. */
  connections = 0

  /** @param liveSessions How many sessions are not closed. */
  constructor(liveSessions: () => Promise<number>) {
    const { registry } = this
    const registers = [registry]
    collectDefaultMetrics({ register: registry })
    const relayed = (name: string, help: string, totals: readonly number[]) =>
      new Counter({
        name,
        help,
        registers,
        labelNames: ['channel'],
        collect() {
          this.reset()
          totals.forEach((total, channel) => {
            this.inc({ channel: Channel[channel] ?? String(channel) }, total)
          })
        },
      })
    relayed('remote_assist_frames_total', 'Frames forwarded, by channel, once for each target.', this.#frames)
    relayed('remote_assist_bytes_total', 'Bytes of frames forwarded, by channel, once for each target.', this.#bytes)
    const gauge = (name: string, help: string, read: () => number | Promise<number>) =>
      new Gauge({
        name,
        help,
        registers,
        async collect() {
          this.set(await read())
        },
      })
    gauge('remote_assist_connections', 'Open connections.', () => this.connections)
    gauge('remote_assist_sessions', 'Sessions that are not closed.', liveSessions)
    const counter = (name: string, help: string) => new Counter({ name, help, registers, labelNames: ['code'] })
    this.#refusals = counter('remote_assist_refusals_total', 'Hellos refused, by close code.')
    this.#closes = counter('remote_assist_closes_total', 'Connections that the broker closed, by close code.')
    this.#sessionsEnded = counter('remote_assist_sessions_ended_total', 'Sessions that ended, by close code.')
    this.#overruns = new Counter({ name: 'remote_assist_overruns_total', help: 'Connections cut off because they read too slowly.', registers })
  }

  /** Counts a frame forwarded to one target. */
  relayed(channel: Channel, bytes: number): void {
    this.#frames[channel] = (this.#frames[channel] ?? 0) + 1
    this.#bytes[channel] = (this.#bytes[channel] ?? 0) + bytes
  }

  refused(code: CloseCode): void {
    this.#refusals.inc({ code: nameOf(code) })
  }

  closed(code: CloseCode): void {
    this.#closes.inc({ code: nameOf(code) })
  }

  sessionEnded(code: CloseCode): void {
    this.#sessionsEnded.inc({ code: nameOf(code) })
  }

  overrun(): void {
    this.#overruns.inc()
  }
}

/** A code's name; one label for all codes that have none, because a participant may have chosen them. */
const nameOf = (code: CloseCode): string => CloseCode[code] ?? 'OTHER'
