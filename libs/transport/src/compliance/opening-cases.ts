import { TransportError } from '../transport.js'
import type { ComplianceCase } from './cases.js'
import { sameFrames } from './frames.js'
import { check, End, rejectsWith, within, withPlace } from './harness.js'

/** Opening, refusing, and closing a listener. */
export const openingCases: readonly ComplianceCase[] = [
  {
    name: 'both sides may send as they accept, and nothing comes before accept',
    requirements: ['RA-BND-004'],
    run: subject =>
      withPlace(subject, async place => {
        place.onAccept = end => end.send(new Uint8Array([1]), new Uint8Array([2]))
        const { opening, listening } = await place.open(end => end.send(new Uint8Array([3]), new Uint8Array([4])))
        await Promise.all([opening.untilFrames(2), listening.untilFrames(2)])
        sameFrames(opening.frames, [new Uint8Array([1]), new Uint8Array([2])])
        sameFrames(listening.frames, [new Uint8Array([3]), new Uint8Array([4])])
        check(opening.connection.remoteAddress !== '' && listening.connection.remoteAddress !== '', 'remoteAddress is empty.')
      }),
  },
  {
    name: 'connecting to nowhere fails with E_CONNECT',
    requirements: ['RA-BND-014'],
    run: async subject => {
      await rejectsWith(subject.connect(subject.nowhere).open(neverAccept), 'E_CONNECT', subject.patienceMs)
    },
  },
  {
    name: 'an attempt whose signal fired before or meanwhile fails with E_ABORTED',
    requirements: ['RA-BND-014'],
    run: subject =>
      withPlace(subject, async place => {
        const transport = subject.connect(place.listener.address)
        await rejectsWith(transport.open(neverAccept, { signal: AbortSignal.abort() }), 'E_ABORTED', subject.patienceMs)
        const controller = new AbortController()
        const attempt = transport.open(neverAccept, { signal: controller.signal })
        controller.abort()
        await rejectsWith(attempt, 'E_ABORTED', subject.patienceMs)
        await rejectsWith(subject.connect(subject.nowhere).open(neverAccept, { signal: AbortSignal.abort() }), 'E_ABORTED', subject.patienceMs)
      }),
  },
  {
    name: 'a signal that fires after opening changes nothing',
    requirements: ['RA-BND-014'],
    run: subject =>
      withPlace(subject, async place => {
        const controller = new AbortController()
        let end: End | undefined
        await within(
          subject.connect(place.listener.address).open(
            connection => {
              end = new End(connection, subject.patienceMs)
              return end
            },
            { signal: controller.signal },
          ),
          'the connection',
          subject.patienceMs,
        )
        controller.abort()
        await place.untilAccepted(1)
        await place.settle(3)
        check(end !== undefined && end.closes.length === 0, 'The connection ended.')
      }),
  },
  {
    name: 'closing a listener ends every connection with its code, and then nothing listens',
    requirements: ['RA-BND-006', 'RA-BND-015'],
    run: subject =>
      withPlace(subject, async place => {
        const pairs = [await place.open(), await place.open(), await place.open()]
        for (const { listening } of pairs) listening.send(new Uint8Array([9]))
        const { address } = place.listener
        await within(place.listener.close(502), 'the listener to close', subject.patienceMs)
        for (const { opening, listening } of pairs) {
          check(listening.closes.length === 1, 'The listener closed before its connections.')
          const info = await opening.untilClosed()
          check(info.code === 502 && info.clean, `Expected a clean close with 502, got ${info.code}.`)
          sameFrames(opening.frames, [new Uint8Array([9])])
          opening.verify()
        }
        await rejectsWith(subject.connect(address).open(neverAccept), 'E_CONNECT', subject.patienceMs)
      }),
  },
]

function neverAccept(): never {
  throw new TransportError('E_LINE', 'accept was called although the connection was not to open.')
}
