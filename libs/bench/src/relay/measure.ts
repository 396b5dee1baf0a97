import { quantile } from '../statistics.js'
import type { Line } from './line.js'

/** Sends `frames` payloads one way, at most `windowFrames` of them under way, and resolves to the milliseconds until the last arrived. */
export function pump({ near, far }: Line, payload: Uint8Array, frames: number, windowFrames: number): Promise<number> {
  return new Promise((resolve, reject) => {
    let sent = 0
    let arrived = 0
    const send = () => {
      if (sent === frames) return
      sent++
      near.send(far.number, payload)
    }
    near.onLost = far.onLost = reject
    far.onPayload = () => {
      arrived++
      if (arrived === frames) resolve(performance.now() - start)
      else send()
    }
    const start = performance.now()
    for (let i = 0; i < windowFrames; i++) send()
  })
}

/** How long a payload takes to the other end and back, in microseconds. */
export interface RoundTrip {
  readonly p50: number
  readonly p99: number
}

/** Sends payloads to and fro, one at a time. */
export function ping({ near, far }: Line, payload: Uint8Array, times: number): Promise<RoundTrip> {
  return new Promise((resolve, reject) => {
    const took: number[] = []
    let start = 0
    const send = () => {
      start = performance.now()
      near.send(far.number, payload)
    }
    near.onLost = far.onLost = reject
    far.onPayload = back => far.send(near.number, back)
    near.onPayload = () => {
      took.push((performance.now() - start) * 1000)
      if (took.length === times) resolve({ p50: quantile(took, 0.5), p99: quantile(took, 0.99) })
      else send()
    }
    send()
  })
}
