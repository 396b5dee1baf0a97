import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Cast } from '../../src/cases/cast.js'
import { requireConduct } from '../../src/cases/conduct.js'
import { Disappointment, Performance } from '../../src/cases/performance.js'
import type { Arrival, Fields, WireEvent } from '../../src/play/player.js'
import { encodeFrame, enumOf } from '../../src/wire/schema.js'

/** A case that was played to its end; nobody has a line any more. */
function played(broker: 'ours' | 'tested', ...told: readonly ((index: number) => WireEvent)[]): Performance {
  const gone = { attached: false, lastSequence: 0n }
  const agent = { name: 'agent', number: 2, attached: false, counterpart: 0, facts: {}, manners: { pong: true } }
  const stage = { events: told.map((event, index) => event(index)), players: new Map([['agent', agent]]), broker: broker === 'ours' ? gone : undefined }
  const testee = { events: { all: [] }, snapshot: async () => ({}) }
  return new Performance({ stage, testee, given: new Map(), notes: [] } as unknown as Cast)
}

const nothing = {
  atMs: 0,
  source: 0,
  targets: [],
  sequence: 1n,
  channel: 'RELAY' as const,
  name: '',
  fields: {},
  frame: new Uint8Array(0),
  bytes: new Uint8Array(0),
}
const arrival =
  (given: Partial<Arrival>) =>
  (index: number): WireEvent => ({ kind: 'arrival', arrival: { ...nothing, to: 'broker', index, ...given } })
const closing =
  (to: string, code: number) =>
  (index: number): WireEvent => ({ kind: 'closing', closing: { to, code, reason: '', index, atMs: 0 } })
const sent =
  (from: string, fields: Fields, frame: Uint8Array = new Uint8Array(0)) =>
  (index: number): WireEvent => ({ kind: 'sent', from, what: '', fields, frame, index, atMs: 0 })

const codes = Object.values(enumOf('CloseCode').values)
const isAccusing = (code: number) => (code >= 400 && code < 500) || code >= 600

it('lets an end with any code pass that blames nobody, and one that does only if it is expected', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...codes), fc.constantFrom('nobody', 'a step', 'the case', 'a player'), async (code, expects) => {
      const evict = arrival({ name: 'evict', fields: { participant: 2, code } })
      const p = expects === 'a player' ? played('ours', evict, sent('agent', { code })) : played('ours', evict)
      if (expects === 'a step') p.accounted.add(0)
      if (expects === 'the case') p.mayEnd.add(`testee, ${code}`)
      if (expects === 'nobody' && isAccusing(code)) await expect(requireConduct(p)).rejects.toThrow(`testee, ${code}`)
      else await requireConduct(p)
    }),
  )
})

it('at a broker takes no player’s end for another’s', async () => {
  const p = played('tested', closing('agent', 404), closing('customer', 404))
  p.accounted.add(0)
  await expect(requireConduct(p)).rejects.toThrow('customer, 404')
  p.mayEnd.add('customer, 404')
  await requireConduct(p)
})

it('lets nothing pass that cannot be read, unless a step looked at it', async () => {
  const p = played('ours', arrival({ to: 'agent', fault: 'The tag of a record is wrong.' }))
  await expect(requireConduct(p)).rejects.toThrow(Disappointment)
  p.accounted.add(0)
  await requireConduct(p)
})

it('at a broker lets no frame pass that nobody sent so, whoever looked at it', async () => {
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 20 }).map(bytes => new Uint8Array(bytes))
  await fc.assert(
    fc.asyncProperty(bytes, bytes, async (payload, other) => {
      const header = { channel: 3, source: 2, targets: [1], sequence: 7n }
      const frame = encodeFrame({ ...header, payload })
      const came = encodeFrame({ ...header, payload: other })
      const p = played('tested', sent('agent', {}, frame), arrival({ ...header, channel: 'SESSION', to: 'customer', frame: came }))
      p.accounted.add(1)
      if (Buffer.compare(frame, came) === 0) await requireConduct(p)
      else await expect(requireConduct(p)).rejects.toThrow('nobody sent')
    }),
  )
})
