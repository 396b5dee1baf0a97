import { HIGH_WATER_BYTES, LOW_WATER_BYTES } from '../transport.js'
import type { ComplianceCase } from './cases.js'
import { Seeded, sameFrames } from './frames.js'
import type { ComplianceSubject, End, Place } from './harness.js'
import { bothWays, check, turn } from './harness.js'

const CHUNK_BYTES = 65_536

/** More than any line may hold for a receiver that does not read. */
const FLOOD_BYTES = 64 * 1024 * 1024

/** The sides from which a paused receiver can be seen to hold the line. */
const holding = (subject: ComplianceSubject) => (subject.openingSide === 'browser' ? (['opening'] as const) : undefined)

/** Sends chunks while below the high-water mark, waits for drains, and stops when none comes or `FLOOD_BYTES` are out. */
async function flood(from: End, place: Place, random: Seeded): Promise<Uint8Array[]> {
  const sent: Uint8Array[] = []
  while (sent.length * CHUNK_BYTES < FLOOD_BYTES) {
    while (from.connection.bufferedBytes <= HIGH_WATER_BYTES && sent.length * CHUNK_BYTES < FLOOD_BYTES) {
      const frame = random.frame(CHUNK_BYTES)
      from.send(frame)
      sent.push(frame)
    }
    const { drains } = from
    await place.settle()
    if (from.drains === drains) break
  }
  return sent
}

/** Back-pressure, pause and resume. */
export const flowCases: readonly ComplianceCase[] = [
  {
    name: 'a receiver that pauses holds the sender back within bounded memory, and nothing is lost',
    requirements: ['RA-BND-005'],
    run: subject =>
      bothWays(
        subject,
        async (from, to, place) => {
          to.call(connection => connection.pause())
          const sent = await flood(from, place, new Seeded(6))
          check(to.frames.length === 0, `${to.frames.length} frames were delivered while paused.`)
          check(sent.length * CHUNK_BYTES < FLOOD_BYTES, `The line swallowed ${FLOOD_BYTES} bytes for a receiver that does not read.`)
          check(from.connection.bufferedBytes > LOW_WATER_BYTES, 'bufferedBytes does not show what waits.')
          const { drains } = from
          to.call(connection => connection.resume())
          await to.untilFrames(sent.length)
          await from.until(
            () => from.drains > drains,
            () => 'drain',
          )
          check(from.connection.bufferedBytes <= LOW_WATER_BYTES, 'drain came above the low-water mark.')
          sameFrames(to.frames, sent)
        },
        holding(subject),
      ),
  },
  {
    name: 'drain comes once after each time above the high-water mark, and never without',
    requirements: ['RA-BND-005'],
    run: subject =>
      bothWays(subject, async (from, to, place) => {
        const random = new Seeded(7)
        from.send(...random.frames(20, 2000))
        await to.untilFrames(20)
        await place.settle(5)
        const early = from.drains
        check(early === 0, 'drain came without bufferedBytes having been above the high-water mark.')
        for (let round = 1; round <= 3; round++) {
          let count = 0
          while (from.connection.bufferedBytes <= HIGH_WATER_BYTES && count < 1024) {
            from.send(random.frame(CHUNK_BYTES))
            count++
          }
          check(count < 1024, 'bufferedBytes does not grow.')
          await from.until(
            () => from.drains >= round,
            () => 'drain',
          )
        }
        await place.settle(5)
        check(from.drains === 3, `drain came ${from.drains} times instead of 3.`)
      }),
  },
  {
    name: 'pause stops delivery at once, and resume brings what was held, in order',
    requirements: ['RA-BND-004', 'RA-BND-005'],
    run: subject =>
      bothWays(subject, async (from, to, place) => {
        const frames = new Seeded(8).frames(200, 3000)
        let paused = false
        let deliveredWhilePaused = 0
        to.onFrame = () => {
          if (paused) deliveredWhilePaused++
          if (to.frames.length % 40 !== 0) return
          paused = true
          to.call(connection => connection.pause())
        }
        from.send(...frames)
        for (let stop = 40; stop <= 200; stop += 40) {
          await to.untilFrames(stop)
          await place.settle(5)
          check(deliveredWhilePaused === 0 && to.frames.length === stop, 'Frames were delivered while paused.')
          paused = false
          to.call(connection => connection.resume())
        }
        sameFrames(to.frames, frames)
      }),
  },
  {
    name: 'a slow reader gets everything',
    requirements: ['RA-BND-004', 'RA-BND-005'],
    run: subject =>
      bothWays(subject, async (from, to) => {
        const frames = new Seeded(9).frames(120, CHUNK_BYTES)
        to.onFrame = () => {
          to.call(connection => connection.pause())
          void turn().then(() => to.call(connection => connection.resume()))
        }
        from.send(...frames)
        await to.untilFrames(frames.length)
        sameFrames(to.frames, frames)
      }),
  },
]
