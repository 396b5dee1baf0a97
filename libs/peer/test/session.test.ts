import { expect, test } from 'vitest'
import { assisting } from './support/house.js'

test('a session: PIN, consent, screens, input', async () => {
  const { session, host, customer } = await assisting()
  expect(session.phase).toBe('active')
  const list = session.screens.list.length > 0 ? session.screens.list : await session.once('screen-list')
  expect(list.map(screen => screen.screenId)).toEqual([7, 9])
  await session.screens.show(session.screens.next())
  const frames = session.screens.frames()
  const { value: frame } = await frames.next()
  expect(frame?.keyframe).toBe(true)
  await session.control.request()
  session.input.type('hello')
  session.input.key('Enter')
  session.input.pointer.click(10, 20)
  await expect.poll(() => host.done.length).toBe(8)
  expect(customer.participants.length).toBe(2)
})
