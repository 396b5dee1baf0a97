import type { CloseInfo } from '../transport.js'
import type { ComplianceCase } from './cases.js'
import { Seeded, sameFrames } from './frames.js'
import type { End } from './harness.js'
import { bothWays, check, codeOf, withPlace } from './harness.js'

function closedWith(info: CloseInfo, code: number, reason: string, clean = true): void {
  const matches = info.code === code && info.reason === reason && info.clean === clean
  check(matches, `Expected a ${clean ? 'clean' : 'not clean'} close with ${code} ${JSON.stringify(reason)}, got ${show(info)}.`)
}

/** The same for the side that closed. */
async function closedItself(end: End, code: number, reason: string): Promise<void> {
  closedWith(await end.untilClosed(), code, reason, !end.closesBlindly)
}

function brokenLine(info: CloseInfo): void {
  check(info.code === undefined && !info.clean, `Expected a broken line, got ${show(info)}.`)
}

const show = ({ code, reason, clean, error }: CloseInfo): string => JSON.stringify({ code: code ?? null, reason, clean, error: error?.code })

/** Closing in order, breaking, and what is promised about the end. */
export const endingCases: readonly ComplianceCase[] = [
  {
    name: 'a close delivers everything sent before it, then its code and reason, to both sides',
    requirements: ['RA-BND-006', 'RA-BND-008'],
    run: async subject => {
      const random = new Seeded(10)
      for (const code of [100, 699, 503, 100 + random.below(600)]) {
        await bothWays(subject, async (from, to) => {
          const frames = [...random.frames(100, 5000), ...random.frames(24, 131_072), random.frame(1)]
          from.send(...frames)
          from.call(connection => connection.close(code, 'Grüße, 再见'))
          closedWith(await to.untilClosed(), code, 'Grüße, 再见')
          await closedItself(from, code, 'Grüße, 再见')
          sameFrames(to.frames, frames)
        })
      }
    },
  },
  {
    name: 'a close without frames or reason arrives',
    requirements: ['RA-BND-006'],
    run: subject =>
      bothWays(subject, async (from, to) => {
        from.call(connection => connection.close(101))
        closedWith(await to.untilClosed(), 101, '')
        await closedItself(from, 101, '')
      }),
  },
  {
    name: 'a long reason is cut between two characters, to at most 120 bytes',
    requirements: ['RA-BND-009'],
    run: subject =>
      bothWays(subject, async (from, to) => {
        from.call(connection => connection.close(305, `a${'é'.repeat(200)}`))
        closedWith(await to.untilClosed(), 305, `a${'é'.repeat(59)}`)
      }),
  },
  {
    name: 'a code outside 100 to 699 is refused, and the connection goes on',
    requirements: ['RA-BND-008'],
    run: subject =>
      bothWays(subject, async (from, to) => {
        for (const code of [0, 99, 700, 1000, 4100, 100.5, Number.NaN, -100]) {
          let thrown: unknown
          try {
            from.call(connection => connection.close(code))
          } catch (error) {
            thrown = error
          }
          check(thrown instanceof RangeError, `close(${code}) did not throw a RangeError.`)
        }
        from.send(new Uint8Array([7]))
        await to.untilFrames(1)
        check(from.closes.length === 0, 'The connection ended.')
      }),
  },
  {
    name: 'after close, calls do nothing: no frame follows, no second code',
    requirements: ['RA-BND-012'],
    run: subject =>
      bothWays(subject, async (from, to) => {
        from.send(new Uint8Array([1]))
        from.call(connection => connection.close(100, 'first'))
        from.send(new Uint8Array([2]))
        from.call(connection => connection.close(101, 'second'))
        from.call(connection => connection.pause())
        closedWith(await to.untilClosed(), 100, 'first')
        await closedItself(from, 100, 'first')
        sameFrames(to.frames, [new Uint8Array([1])])
        for (const end of [from, to]) {
          end.send(new Uint8Array([3]))
          end.call(connection => connection.resume())
          end.call(connection => connection.close(102))
          end.call(connection => connection.abort())
        }
      }),
  },
  {
    name: 'frames in flight against a close arrive, or the close is not clean',
    requirements: ['RA-BND-007', 'RA-BND-013'],
    run: subject =>
      bothWays(subject, async (from, to) => {
        const frames = new Seeded(11).frames(400, 8192)
        to.onFrame = () => to.send(...frames)
        from.onFrame = () => {
          if (from.frames.length === 5) from.call(connection => connection.close(100))
        }
        from.send(new Uint8Array([1]))
        const [here, there] = await Promise.all([from.untilClosed(), to.untilClosed()])
        check(here.code === 100 && there.code === 100, `Expected code 100 on both sides, got ${here.code} and ${there.code}.`)
        if (to.closesBlindly ? there.clean : here.clean) sameFrames(from.frames, frames)
      }),
  },
  {
    name: 'a side that paused and then closes still gets what is in flight',
    requirements: ['RA-BND-013'],
    run: subject =>
      bothWays(subject, async (from, to, place) => {
        const frames = new Seeded(12).frames(60, 8192)
        from.call(connection => connection.pause())
        to.send(...frames)
        await place.settle(3)
        check(from.frames.length === 0, 'Frames were delivered while paused.')
        from.call(connection => connection.close(100))
        await closedItself(from, 100, '')
        sameFrames(from.frames, frames)
      }),
  },
  {
    name: 'a close waits behind frames that a paused side holds',
    requirements: ['RA-BND-006'],
    run: subject =>
      bothWays(subject, async (from, to, place) => {
        const frames = new Seeded(13).frames(30, 1000)
        to.call(connection => connection.pause())
        from.send(...frames)
        from.call(connection => connection.close(100))
        await place.settle(5)
        check(to.closes.length === 0 && to.frames.length === 0, 'Something was delivered while paused.')
        to.call(connection => connection.resume())
        closedWith(await to.untilClosed(), 100, '')
        sameFrames(to.frames, frames)
      }),
  },
  {
    name: 'when both sides close at once, each is told its own code',
    requirements: ['RA-BND-007'],
    needs: ({ openingSide }) => openingSide !== 'browser',
    run: subject =>
      withPlace(subject, async place => {
        const { opening, listening } = await place.open()
        opening.send(new Uint8Array([1]))
        listening.send(new Uint8Array([2]))
        opening.call(connection => connection.close(100, 'opening'))
        listening.call(connection => connection.close(503, 'listening'))
        await closedItself(opening, 100, 'opening')
        await closedItself(listening, 503, 'listening')
        sameFrames(listening.frames, [new Uint8Array([1])])
        sameFrames(opening.frames, [new Uint8Array([2])])
        await place.settle(3)
        opening.verify()
      }),
  },
  {
    name: 'an abort breaks the line for both sides',
    requirements: ['RA-BND-011'],
    run: subject =>
      bothWays(subject, async (from, to) => {
        from.send(new Uint8Array([1]))
        await to.untilFrames(1)
        from.call(connection => connection.abort())
        brokenLine(await to.untilClosed())
        brokenLine(await from.untilClosed())
        check(codeOf(to.closes[0]?.error) === 'E_LINE', 'The other side was not told E_LINE.')
      }),
  },
  {
    name: 'an abort drops what is queued, and no frame follows on its side',
    requirements: ['RA-BND-011'],
    run: subject =>
      bothWays(subject, async (from, to) => {
        const random = new Seeded(14)
        from.onFrame = () => from.call(connection => connection.abort())
        to.onFrame = () => to.send(...random.frames(50, 5000))
        from.send(new Uint8Array([1]))
        brokenLine(await from.untilClosed())
        brokenLine(await to.untilClosed())
        check(from.frames.length === 1, `${from.frames.length - 1} frames were delivered after abort.`)
      }),
  },
]
