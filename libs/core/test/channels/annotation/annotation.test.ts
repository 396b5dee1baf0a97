import type { Clear, LaserPointer, Stroke } from '@remote-assist/codec'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ANNOTATION_RATE, annotation, LASER_MS, MAX_AUTHORS, MAX_POINTS, MAX_STROKES } from '../../../src/channels/annotation/annotation.js'
import type { AnnotationEvent, AnnotationPermit } from '../../../src/channels/annotation/table.js'
import { LocalProtocolError } from '../../../src/machine.js'
import { at, Drive, walk, walkThrough } from '../support.js'

const stroke = (change: Partial<Stroke> = {}): Stroke => ({
  from: 0,
  screenId: 1,
  strokeId: 1,
  points: [1, 2, 3, 4],
  colour: 0xff0000,
  width: 2,
  ttlMs: 5_000,
  ...change,
})
const laser = (change: Partial<LaserPointer> = {}): LaserPointer => ({ from: 0, screenId: 1, x: 5, y: 6, visible: true, ...change })
const long = (points: number): number[] => Array.from({ length: points * 2 }, (_, i) => i)

const AGENT = 4
const permit = (change: Partial<AnnotationPermit> = {}): AnnotationEvent => ({
  type: 'permit',
  open: true,
  annotate: true,
  view: true,
  author: AGENT,
  ...change,
})
const customer = () => new Drive(annotation).step(permit())
const agent = () => new Drive(annotation).step(permit({ author: 0 }))
const draw = (change: Partial<Stroke> = {}): AnnotationEvent => ({ type: 'remote.stroke', value: stroke(change) })
const clear = (from: number): AnnotationEvent => ({ type: 'remote.clear', value: { from } satisfies Clear })
const aliveOf = (drive: ReturnType<typeof customer>, from: number) => drive.state.authors.find(author => author.from === from)?.strokes ?? []

describe('annotation at the customer', () => {
  it('RA-ANN-002 stamps the author, whatever the message says', () => {
    const drive = customer()
    expect(drive.step(draw({ from: 9 })).notices).toEqual([{ kind: 'annotation.received', message: { $case: 'stroke', value: stroke({ from: AGENT }) } }])
    expect(drive.step({ type: 'remote.laserPointer', value: laser({ from: 9 }) }).notices).toEqual([
      { kind: 'annotation.received', message: { $case: 'laserPointer', value: laser({ from: AGENT }) } },
    ])
  })

  it('RA-ANN-004 wipes the strokes of an agent alone', () => {
    const drive = customer().step({ type: 'local.draw', stroke: stroke() }).step(draw())
    expect(drive.step(clear(0)).notices).toEqual([{ kind: 'annotation.received', message: { $case: 'clear', value: { from: AGENT } } }])
    expect(aliveOf(drive, AGENT)).toEqual([])
    expect(aliveOf(drive, 0)).toHaveLength(1)
  })

  it('RA-ANN-006 drops points beyond 8,192 of one stroke', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 512 }), { minLength: 1, maxLength: 40 }), lengths => {
        const drive = customer()
        let shown = 0
        for (const points of lengths) {
          drive.now = at(drive.now + 100)
          for (const { message } of drive.step(draw({ points: long(points), ttlMs: 600_000 })).noticed('annotation.received'))
            shown += message.$case === 'stroke' ? message.value.points.length / 2 : 0
        }
        expect(shown).toBe(
          Math.min(
            MAX_POINTS,
            lengths.reduce((a, b) => a + b),
          ),
        )
      }),
    )
  })

  it('keeps at most 64 strokes of an author, until one fades', () => {
    const drive = customer()
    for (let strokeId = 0; strokeId < MAX_STROKES; strokeId++) drive.step(draw({ strokeId }))
    expect(drive.step(draw({ strokeId: 999 })).notices).toEqual([])
    drive.wait(5_000)
    expect(drive.step(draw({ strokeId: 999 })).notices).toHaveLength(1)
  })

  it('drops what is beyond the rate', () => {
    const drive = customer()
    const shown = Array.from({ length: ANNOTATION_RATE * 2 }, () => drive.step({ type: 'remote.laserPointer', value: laser() }).notices.length)
    expect(shown.filter(count => count > 0)).toHaveLength(ANNOTATION_RATE)
  })

  it('RA-ANN-007 wipes an author that loses ANNOTATE, or leaves', () => {
    for (const loss of [{ annotate: false }, { open: false }]) {
      const drive = customer().step(draw())
      expect(drive.step(permit(loss)).notices).toEqual([{ kind: 'annotation.received', message: { $case: 'clear', value: { from: AGENT } } }])
      expect(drive.state.authors).toEqual([])
      expect(drive.step(draw()).notices).toEqual([])
      expect(drive.step(permit(loss)).notices).toEqual([])
    }
  })

  it('draws, points and wipes for an agent that sees, and for no other', () => {
    const drive = customer()
    expect(drive.step({ type: 'local.draw', stroke: stroke({ from: 7 }) }).onlySent).toEqual({ $case: 'stroke', value: stroke({ from: 0 }) })
    expect(drive.step({ type: 'local.point', laser: laser() }).onlySent.$case).toBe('laserPointer')
    expect(drive.step({ type: 'local.wipe', clear: { from: 0 } }).onlySent).toEqual({ $case: 'clear', value: { from: 0 } })
    drive.step(permit({ view: false }))
    expect(() => drive.step({ type: 'local.draw', stroke: stroke() })).toThrow(LocalProtocolError)
  })

  it('RA-ANN-001 passes on what others made to an agent that sees', () => {
    const message = { $case: 'stroke', value: stroke({ from: 2 }) } as const
    expect(customer().step({ type: 'local.forward', message }).onlySent).toEqual(message)
    expect(
      customer()
        .step(permit({ view: false }))
        .step({ type: 'local.forward', message }).sent,
    ).toEqual([])
  })
})

describe('annotation at an agent', () => {
  it('takes the author from the customer, and wipes one or all', () => {
    const drive = agent()
      .step(draw({ from: 2 }))
      .step(draw({ from: 3 }))
      .step(clear(2))
    expect(aliveOf(drive, 2)).toEqual([])
    expect(aliveOf(drive, 3)).toHaveLength(1)
    expect(drive.step(clear(0)).state.authors).toEqual([])
  })

  it('draws only with ANNOTATE', () => {
    expect(() =>
      agent()
        .step(permit({ author: 0, annotate: false }))
        .step({ type: 'local.draw', stroke: stroke() }),
    ).toThrow(LocalProtocolError)
  })

  it('drops a laser pointer beyond the rate, and says so of a stroke', () => {
    const drive = agent()
    for (let i = 0; i < ANNOTATION_RATE; i++) drive.step({ type: 'local.point', laser: laser() })
    expect(drive.step({ type: 'local.point', laser: laser() }).sent).toEqual([])
    expect(() => drive.step({ type: 'local.draw', stroke: stroke() })).toThrow(/in a second/)
    expect(() => drive.step({ type: 'local.wipe', clear: { from: 0 } })).toThrow(/in a second/)
  })

  it('says when a stroke is too long', () => {
    const drive = agent()
    for (let i = 0; i < MAX_POINTS / 512; i++) drive.step({ type: 'local.draw', stroke: stroke({ points: long(512) }) })
    expect(() => drive.step({ type: 'local.draw', stroke: stroke() })).toThrow(/at most 8192 points/)
  })

  it('keeps the picture of a bounded number of authors', () => {
    const drive = agent()
    for (let from = 1; from <= MAX_AUTHORS + 5; from++) drive.step(draw({ from }))
    expect(drive.state.authors).toHaveLength(MAX_AUTHORS)
    expect(drive.step(draw({ from: 1, strokeId: 2 })).notices).toHaveLength(1)
  })

  it('wipes everything when it no longer sees', () => {
    expect(
      agent()
        .step(draw({ from: 2 }))
        .step(permit({ author: 0, view: false })).notices,
    ).toEqual([{ kind: 'annotation.received', message: { $case: 'clear', value: { from: 0 } } }])
  })
})

describe('annotation at either end', () => {
  it('RA-ANN-005 removes a pointer that rests for 1 s, and a stroke after its time', () => {
    const drive = customer()
      .step(draw({ ttlMs: 1_500 }))
      .step(draw({ strokeId: 2, ttlMs: 3_000 }))
      .step({ type: 'remote.laserPointer', value: laser() })
    const seen: unknown[] = []
    drive.wait(LASER_MS - 1, ({ notices }) => seen.push(...notices))
    expect(seen).toEqual([])
    drive.wait(10_000, ({ notices, now }) => seen.push([now, ...notices]))
    expect(seen).toEqual([
      [1_000, { kind: 'annotation.rested', from: AGENT }],
      [1_500, { kind: 'annotation.faded', from: AGENT, strokeId: 1 }],
      [3_000, { kind: 'annotation.faded', from: AGENT, strokeId: 2 }],
    ])
  })

  it('a stroke of one author fades, and what others have on the picture stays', () => {
    const drive = customer()
      .step({ type: 'local.draw', stroke: stroke({ strokeId: 7, ttlMs: 9_000 }) })
      .step(draw({ ttlMs: 1_500 }))
    const faded: unknown[] = []
    drive.wait(1_500, ({ notices }) => faded.push(...notices))
    expect(faded).toEqual([{ kind: 'annotation.faded', from: AGENT, strokeId: 1 }])
    expect(aliveOf(drive, AGENT)).toEqual([])
    expect(aliveOf(drive, 0)).toMatchObject([{ strokeId: 7, fadesAt: 9_000 }])
  })

  it('puts a pointer away when told to', () => {
    const drive = customer().step({ type: 'remote.laserPointer', value: laser() })
    expect(drive.step({ type: 'remote.laserPointer', value: laser({ visible: false }) }).state.authors).toEqual([])
  })

  it('never throws on remote input and keeps every bound', () => {
    const change = fc.record({
      from: fc.nat(40),
      strokeId: fc.nat(70),
      points: fc.nat(20).map(n => long(n + 1)),
      ttlMs: fc.integer({ min: 1_000, max: 9_000 }),
    })
    const events: fc.Arbitrary<AnnotationEvent> = fc.oneof(
      fc.record({ open: fc.boolean(), annotate: fc.boolean(), view: fc.boolean(), author: fc.constantFrom(0, AGENT) }).map(permit),
      change.map(draw),
      fc.record({ from: fc.nat(40), visible: fc.boolean() }).map((it): AnnotationEvent => ({ type: 'remote.laserPointer', value: laser(it) })),
      fc.nat(40).map(clear),
      change.map((it): AnnotationEvent => ({ type: 'local.draw', stroke: stroke(it) })),
      fc.boolean().map((visible): AnnotationEvent => ({ type: 'local.point', laser: laser({ visible }) })),
      fc.constant<AnnotationEvent>({ type: 'local.wipe', clear: { from: 0 } }),
      fc.constant<AnnotationEvent>({ type: 'local.forward', message: { $case: 'stroke', value: stroke() } }),
      fc.constant<AnnotationEvent>({ type: 'tick' }),
    )
    fc.assert(
      fc.property(walk(events), steps => {
        const drive = customer()
        walkThrough(drive, steps, ({ state, violations }) => {
          expect(violations).toEqual([])
          expect(state.authors.length).toBeLessThanOrEqual(MAX_AUTHORS)
          for (const { strokes } of state.authors) {
            expect(strokes.length).toBeLessThanOrEqual(MAX_STROKES)
            for (const { points } of strokes) expect(points).toBeLessThanOrEqual(MAX_POINTS)
          }
        })
        drive.wait(600_000)
        expect(drive.state.authors).toEqual([])
      }),
    )
  })
})
