import { describe, expect, test } from 'vitest'
import { settle } from '../support/clock.js'
import { assisting } from '../support/house.js'
import { Log } from './log.js'

describe('a session', () => {
  test('that the customer stops leaves the same log with both, signed by both to the end', async () => {
    const [theirs, ours] = [new Log(), new Log()]
    const { customer, session } = await assisting({ audit: ours.sink }, {}, { audit: theirs.sink })
    await session.screens.show(7)
    await session.control.request()
    customer.stop()
    await settle()
    expect(theirs.report().verdict, JSON.stringify(theirs.report())).toBe('intact')
    expect(ours.report().verdict, JSON.stringify(ours.report())).toBe('intact')
    expect(ours.entries).toEqual(theirs.entries)
  })

  test('that the agent ends, likewise', async () => {
    const [theirs, ours] = [new Log(), new Log()]
    const { customer, session } = await assisting({ audit: ours.sink }, {}, { audit: theirs.sink })
    const ended = customer.once('ended')
    session.leave({ endSession: true })
    await ended
    await settle()
    expect(theirs.report().verdict, theirs.text).toBe('intact')
    expect(ours.report().verdict, ours.text).toBe('intact')
    expect(ours.entries).toEqual(theirs.entries)
  })
})
