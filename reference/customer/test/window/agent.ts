/** What an agent does with a desktop whose companion is looked at. */
import { Agent, AssistError, type Session } from '@remote-assist/peer'
import { diskFiles } from '@remote-assist/peer/node'
import { connect } from '@remote-assist/transport-websocket'
import type { Locator } from 'playwright-core'
import { expect } from 'vitest'
import { type DeviceEvent, recordInput } from '../../src/hosts/x11/recorder.js'
import { type OpenCompanion, PATIENT, type Stage } from './stage.js'

/** Where the right screen begins, which the window is on. */
export const RIGHT = 640
/** Types of events. */
export const DOWN = 2
export const UP = 3
export const MOVED = 6

/** An agent who waits for a customer, and keeps files beside the stage's own. */
export const newAgent = ({ broker, folder }: Stage): Promise<Agent> =>
  Agent.create({ transport: connect, brokerUrl: broker.url, displayName: 'Ada', files: diskFiles({ folder }) })

/** Looks at the right screen, and takes control. */
export async function control(session: Session): Promise<void> {
  if (session.screens.list.length === 0) await session.once('screen-list')
  const right = session.screens.list.find(({ name }) => name === 'right')
  await session.screens.show(right?.screenId ?? 0)
  await session.control.request()
}

/** Resolves when the agent may go on after the person did something. */
export const unheld = (session: Session): Promise<void> => expect.poll(() => session.control.state, PATIENT).toMatchObject({ ours: true, heldOff: false })

/** What the display hears from now on, whoever does it. */
export async function ears({ server }: Stage) {
  const heard: DeviceEvent[] = []
  let wake = () => {}
  const recorder = await recordInput(server.display, event => {
    heard.push(event)
    wake()
  })
  return {
    heard,
    /** Resolves when something was heard that is so. */
    async until(isSo: (heard: readonly DeviceEvent[]) => boolean): Promise<void> {
      while (!isSo(heard))
        await new Promise<void>(resolve => {
          wake = resolve
        })
    },
    [Symbol.dispose]: () => recorder?.stop(),
  }
}

/** While a question is open the agent types, and clicks on its answer: nothing reaches the desktop. */
export async function reachesNothing(stage: Stage, companion: OpenCompanion, session: Session, answer: Locator): Promise<void> {
  using display = await ears(stage)
  const { x, y } = await companion.placeOf(answer)
  const swallow = (act: () => unknown) => {
    try {
      act()
    } catch (error) {
      expect(error).toBeInstanceOf(AssistError)
    }
  }
  swallow(() => session.input.down('KeyA'))
  swallow(() => session.input.type('yes'))
  swallow(() => session.input.key('Enter'))
  swallow(() => session.input.pointer.move(x - RIGHT, y))
  swallow(() => session.input.pointer.click(x - RIGHT, y))
  await arrived(companion, session)
  expect(display.heard).toEqual([])
}

/** Resolves when all that the agent did has come to the desktop: what it says goes the same way, and after it. */
export async function arrived(companion: OpenCompanion, session: Session): Promise<void> {
  const said = `Press it, please: ${performance.now()}`
  session.chat.say(said)
  await companion.part('chat-lines').getByText(said).waitFor()
}
