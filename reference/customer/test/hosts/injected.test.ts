import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Device, type DeviceEvent, Injected } from '../../src/hosts/x11/recorder.js'

const motion = fc.tuple(fc.nat({ max: 3 }), fc.nat({ max: 3 })).map(([rootX, rootY]): DeviceEvent => ({ type: Device.motion, detail: 0, rootX, rootY }))
const button = fc
  .tuple(fc.constantFrom(Device.buttonPress, Device.buttonRelease), fc.integer({ min: 1, max: 5 }))
  .map(([type, detail]): DeviceEvent => ({ type, detail, rootX: 0, rootY: 0 }))
const keysOf = (first: number) =>
  fc
    .tuple(fc.constantFrom(Device.keyPress, Device.keyRelease), fc.integer({ min: first, max: first + 3 }))
    .map(([type, detail]): DeviceEvent => ({ type, detail, rootX: 0, rootY: 0 }))
const event = fc.oneof(motion, button, keysOf(24))
/** A key that is held by us repeats in our name: the person's own are others. */
const localEvent = fc.oneof(motion, button, keysOf(38))

/** Injected and local events in the order in which the server sees them. */
const history = fc.array(fc.oneof(fc.record({ event, local: fc.constant(false) }), fc.record({ event: localEvent, local: fc.constant(true) })), {
  maxLength: 40,
})

describe('telling injected events from local ones', () => {
  it('notices local input if and only if there is some, however the two are mixed', () => {
    fc.assert(
      fc.property(history, all => {
        const injected = new Injected()
        for (const one of all) if (!one.local) injected.expect(one.event)
        const seenAsLocal = all.filter(one => !injected.claims(one.event)).length
        const local = all.filter(one => one.local).length
        expect(seenAsLocal > 0).toBe(local > 0)
      }),
    )
  })

  it('takes nothing injected for local, also if the server swallows some (RA-INP-013)', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ event, swallowed: fc.boolean() }), { maxLength: 40 }), all => {
        const injected = new Injected()
        for (const one of all) injected.expect(one.event)
        // Where equal events follow one another, any of them may be the swallowed one: the count is what matters.
        for (const one of all) if (!one.swallowed) expect(injected.claims(one.event)).toBe(true)
      }),
    )
  })

  it('a key that is held by us repeats in our name, and no longer once it is released', () => {
    const injected = new Injected()
    const press = { type: Device.keyPress, detail: 38, rootX: 0, rootY: 0 }
    const release = { ...press, type: Device.keyRelease }
    injected.expect(press)
    expect([injected.claims(press), injected.claims(press), injected.claims(press)]).toEqual([true, true, true])
    injected.expect(release)
    expect(injected.claims(release)).toBe(true)
    expect(injected.claims(press)).toBe(false)
  })
})
