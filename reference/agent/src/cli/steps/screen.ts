/** Steps about screens and pictures. */
import { writeFile } from 'node:fs/promises'
import { AssistError, PictureCodec } from '@remote-assist/peer'
import type { Stage } from '../stage.js'
import { integer, positive, text } from '../values.js'
import { plain, type StepKind } from './step.js'

/** Shows a screen and waits for its picture. */
async function show(stage: Stage, screenId: number, signal: AbortSignal): Promise<string> {
  const { screens } = stage.session
  await screens.show(screenId, { codecs: [PictureCodec.COPY], signal })
  const { width, height } = await stage.screen.ready(signal)
  return `screen ${screens.list.findIndex(it => it.screenId === screenId) + 1} (${width}×${height})`
}

export const screenSteps: readonly StepKind[] = [
  {
    name: 'show-screen',
    help: 'NUMBER: shows that screen, from 1 in the order of Next Screen',
    read: value => {
      const number = integer(value, 'show-screen', 1, 64)
      return async (stage, signal) => {
        const { list } = stage.session.screens
        const screen = list[number - 1]
        if (screen === undefined) throw new AssistError('E_NOT_FOUND', `There is no screen ${number}.`, { hint: `The customer has ${list.length}.` })
        return show(stage, screen.screenId, signal)
      }
    },
  },
  plain('next-screen', 'shows the screen behind the current one', (stage, signal) => show(stage, stage.session.screens.next(), signal)),
  {
    name: 'wait-still',
    help: 'SECONDS: waits until the picture has not changed for so long',
    read: value => {
      const seconds = positive(value, 'wait-still', 60)
      return async (stage, signal) => {
        await stage.screen.still(seconds * 1_000, signal)
        return undefined
      }
    },
  },
  {
    name: 'screenshot',
    help: 'FILE.png: writes the picture as it is now',
    read: value => {
      const file = text(value, 'screenshot')
      return async (stage, signal) => {
        const png = await stage.screen.png(signal)
        await writeFile(file, png)
        return `${file}, ${png.length} bytes`
      }
    },
  },
]
