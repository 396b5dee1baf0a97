import { proveSame, seeing } from '../prove.mjs'
import { someText } from '../random.mjs'

/** @type {import('../run.mjs').Step[]} */
export const seeAndType = [
  {
    name: 'screens',
    title: 'The agent knows the customer’s screens',
    async run({ session, desktop }, signal) {
      if (session.screens.list.length === 0) await session.once('screen-list', { signal })
      const listed = session.screens.list.map(({ x, y, width, height }) => ({ width, height, x, y }))
      proveSame(listed, await desktop.screens(), 'The list of screens')
      return `${listed.map(({ width, height, x, y }) => `${width}×${height} at ${x},${y}`).join(' and ')}, as the desktop says itself`
    },
  },
  {
    name: 'frames',
    title: 'The agent sees what changes there',
    async run({ session, desktop, eyes }, signal) {
      await session.screens.show(session.screens.next(), { signal })
      await eyes.until(() => true, signal)
      const before = eyes.frames
      const change = await desktop.repaint()
      const { width, height } = await eyes.until(await desktop.truth(0), signal)
      return `${change}; the agent’s picture of ${width}×${height} pixels had it after ${eyes.frames - before} more frames`
    },
  },
  {
    name: 'type',
    title: 'The agent points and types, and a program reads it',
    async run(world, signal) {
      await takeControl(world, signal)
      const text = await typeLine(world, signal)
      return `the program on the customer’s screen read “${text}”`
    },
  },
  {
    name: 'next-screen',
    title: 'Next Screen shows the other monitor',
    async run({ session, desktop, eyes }, signal) {
      const [, second] = await desktop.screens()
      await session.screens.show(session.screens.next(), { signal })
      const { width, height } = await eyes.until(await desktop.truth(1), signal)
      proveSame({ width, height }, { width: second.width, height: second.height }, 'The size of the picture')
      await session.screens.show(session.screens.next(), { signal })
      await eyes.until(await desktop.truth(0), signal)
      return `${width}×${height} pixels that only the second monitor shows, then the first one again`
    },
  },
]

/** The agent gets control and puts the program in front of its keyboard. */
export async function takeControl({ session, desktop }, signal) {
  await session.control.request()
  await seeing(
    () => session.control.state,
    ({ ours, heldOff }) => ours && !heldOff,
    signal,
    'Control',
  )
  session.input.pointer.click(desktop.input.x, desktop.input.y)
}

/** The agent types a line that was not there before; the program on the other side has it, once and whole. */
export async function typeLine({ session, desktop }, signal) {
  const text = someText()
  session.input.type(text)
  session.input.key(desktop.submit)
  await seeing(
    () => desktop.typed(),
    lines => lines.filter(line => line === text).length === 1,
    signal,
    `The program read something else than “${text}”`,
  )
  return text
}
