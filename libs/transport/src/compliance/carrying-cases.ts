import { MAX_FRAME_BYTES } from '../transport.js'
import type { ComplianceCase } from './cases.js'
import { Seeded, sameFrames } from './frames.js'
import { bothWays, check, codeOf, End, withPlace } from './harness.js'

/** Frames arrive whole, in order, once, unchanged. */
export const carryingCases: readonly ComplianceCase[] = [
  {
    name: 'frames arrive in order under load, both ways at once',
    requirements: ['RA-BND-004'],
    run: subject =>
      withPlace(subject, async place => {
        const { opening, listening } = await place.open()
        const there = new Seeded(1).frames(2000, 2048)
        const back = new Seeded(2).frames(2000, 2048)
        for (let n = 0; n < 2000; n++) {
          opening.send(there[n] as Uint8Array)
          listening.send(back[n] as Uint8Array)
        }
        await Promise.all([listening.untilFrames(2000), opening.untilFrames(2000)])
        await place.settle(3)
        sameFrames(listening.frames, there)
        sameFrames(opening.frames, back)
        opening.verify()
      }),
  },
  {
    name: 'frames of every size keep their boundaries',
    requirements: ['RA-BND-003'],
    run: subject =>
      bothWays(subject, async (from, to) => {
        const random = new Seeded(3)
        const edges = [0, 1, 125, 126, 127, 128, 65_535, 65_536, 65_537, MAX_FRAME_BYTES - 1, MAX_FRAME_BYTES, 0, 0, 1]
        const sizes = [...edges, ...Array.from({ length: 60 }, () => random.below(2 ** (1 + random.below(18))))]
        const frames = sizes.map(size => random.frame(size))
        from.send(...frames)
        await to.untilFrames(frames.length)
        sameFrames(to.frames, frames)
      }),
  },
  {
    name: 'the same bytes can be sent twice and elsewhere',
    requirements: ['RA-BND-004'],
    run: subject =>
      withPlace(subject, async place => {
        const one = await place.open()
        const other = await place.open()
        const original = new Seeded(4).frame(50_000)
        const frame = original.slice()
        one.opening.send(frame, frame)
        other.opening.send(frame)
        await Promise.all([one.listening.untilFrames(2), other.listening.untilFrames(1)])
        sameFrames([...one.listening.frames, ...other.listening.frames], [original, original, original])
        sameFrames([frame], [original])
      }),
  },
  {
    name: 'a frame that is too large is refused at its sender, and the connection goes on',
    requirements: ['RA-BND-001'],
    run: subject =>
      bothWays(subject, async (from, to) => {
        let thrown: unknown
        try {
          from.send(new Uint8Array(MAX_FRAME_BYTES + 1))
        } catch (error) {
          thrown = error
        }
        check(codeOf(thrown) === 'E_FRAME_TOO_LARGE', `Expected E_FRAME_TOO_LARGE, got ${String(thrown)}.`)
        const frame = new Seeded(5).frame(1000)
        from.send(frame)
        await to.untilFrames(1)
        sameFrames(to.frames, [frame])
      }),
  },
  {
    name: 'a frame that is too large ends the connection at its receiver',
    requirements: ['RA-BND-002'],
    needs: subject => subject.sendOversize !== undefined,
    run: subject =>
      withPlace(subject, async place => {
        await subject.sendOversize?.(place.listener.address)
        const [end] = place.ends
        check(end !== undefined, 'The raw line was not accepted.')
        const info = await end.untilClosed()
        check(info.error?.code === 'E_BINDING', `Expected E_BINDING, got ${info.error?.code}.`)
        check(info.code === 401 && !info.clean, `Expected an unclean close with 401, got ${info.code}, clean: ${info.clean}.`)
        check(end.frames.length === 0, 'The frame was delivered.')
      }),
  },
  {
    name: 'a hundred connections at once do not mix',
    requirements: ['RA-BND-004'],
    run: subject =>
      withPlace(subject, async place => {
        place.onAccept = end => {
          end.onFrame = bytes => end.send(bytes.slice())
        }
        const ends = await Promise.all(
          Array.from({ length: 100 }, async (_, n) => {
            let opening: End | undefined
            await subject.connect(place.listener.address).open(connection => {
              opening = new End(connection, subject.patienceMs)
              return opening
            })
            check(opening !== undefined, 'open resolved before it called accept.')
            return { opening, frames: new Seeded(100 + n).frames(20, 3000) }
          }),
        )
        await place.untilAccepted(100)
        for (let n = 0; n < 20; n++) for (const { opening, frames } of ends) opening.send(frames[n] as Uint8Array)
        for (const { opening, frames } of ends) {
          await opening.untilFrames(20)
          sameFrames(opening.frames, frames)
          opening.call(connection => connection.close(100))
          const info = await opening.untilClosed()
          check(info.code === 100, 'A connection did not close in order.')
        }
      }),
  },
]
