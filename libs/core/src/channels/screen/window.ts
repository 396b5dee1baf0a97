/** The send window of one viewer: how many bytes of frames may be under way. Delivery rate × (least round trip + 30 ms), after BBR. */
import type { Instant } from '../../instant.js'

export const MIN_WINDOW_BYTES = 65_536
export const MAX_WINDOW_BYTES = 2_097_152
/** Allowed on top of the least round trip, in ms. */
export const WINDOW_SLACK_MS = 30
/** Frames under way at most, whatever their size. */
export const MAX_FRAMES_IN_FLIGHT = 64
/** The least round trip is measured anew after so long, in ms. */
const RTT_MEMORY_MS = 10_000

interface InFlight {
  readonly frameId: number
  readonly bytes: number
  readonly sentAt: Instant
  /** Bytes delivered when it was sent. */
  readonly deliveredBefore: number
  readonly deliveredAt: Instant
}

export interface Window {
  readonly inFlight: readonly InFlight[]
  readonly inFlightBytes: number
  readonly deliveredBytes: number
  readonly deliveredAt: Instant
  /** Bytes per ms; 0 = not measured yet. */
  readonly rate: number
  readonly minRttMs: number | undefined
  readonly minRttAt: Instant
}

export const openWindow = (now: Instant): Window => ({
  inFlight: [],
  inFlightBytes: 0,
  deliveredBytes: 0,
  deliveredAt: now,
  rate: 0,
  minRttMs: undefined,
  minRttAt: now,
})

/** The window in bytes, 64 KiB–2 MiB; until something was measured, the least. */
export function windowBytes({ rate, minRttMs }: Window): number {
  const wanted = rate * ((minRttMs ?? 0) + WINDOW_SLACK_MS)
  return Math.max(MIN_WINDOW_BYTES, Math.min(MAX_WINDOW_BYTES, Math.round(wanted)))
}

/** Another frame may be sent. */
export const hasRoom = (w: Window): boolean => w.inFlight.length < MAX_FRAMES_IN_FLIGHT && w.inFlightBytes < windowBytes(w)

/** A frame was sent. Where nothing else is under way, the time from here on counts: what was before it, the line had nothing to do. */
export function sent(w: Window, frameId: number, bytes: number, now: Instant): Window {
  const deliveredAt = w.inFlight.length === 0 ? now : w.deliveredAt
  return {
    ...w,
    inFlight: [...w.inFlight, { frameId, bytes, sentAt: now, deliveredBefore: w.deliveredBytes, deliveredAt }],
    inFlightBytes: w.inFlightBytes + bytes,
    deliveredAt,
  }
}

/** Everything up to `frameId` was shown; `decodeMs` is taken off the round trip. An id that is not under way changes nothing. */
export function acked(w: Window, frameId: number, decodeMs: number, now: Instant): Window {
  const index = w.inFlight.findIndex(frame => frame.frameId === frameId)
  const newest = w.inFlight[index]
  if (newest === undefined) return w
  const done = w.inFlight.slice(0, index + 1).reduce((bytes, frame) => bytes + frame.bytes, 0)
  const deliveredBytes = w.deliveredBytes + done
  const rttMs = Math.max(0, now - newest.sentAt - decodeMs)
  const elapsedMs = Math.max(1, now - newest.deliveredAt - decodeMs)
  const sample = (deliveredBytes - newest.deliveredBefore) / elapsedMs
  // What came back as soon as the window allows for did not have to wait: the line could have carried more, nobody knows how much.
  const busy = elapsedMs > (w.minRttMs ?? 0) + WINDOW_SLACK_MS
  const fresh = w.minRttMs === undefined || rttMs <= w.minRttMs || now - w.minRttAt > RTT_MEMORY_MS
  return {
    inFlight: w.inFlight.slice(index + 1),
    inFlightBytes: w.inFlightBytes - done,
    deliveredBytes,
    deliveredAt: now,
    // Rises at once, falls slowly, and only by what a busy line delivered: an idle one keeps its rate.
    rate: sample >= w.rate ? sample : busy ? w.rate * 0.9 + sample * 0.1 : w.rate,
    minRttMs: fresh ? rttMs : w.minRttMs,
    minRttAt: fresh ? now : w.minRttAt,
  }
}
