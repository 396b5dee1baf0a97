import { fileURLToPath } from 'node:url'
import { attachChild, type RoleUnderTest, type Testee } from '../../src/adapter/index.js'
import { type EndStage, type EndStageOptions, type Fixture, stageForEnd } from '../../src/play/index.js'
import type { Fields } from '../../src/play/player.js'

/** The reference testee as a child process, opposite stages of the suite. */

const MAIN = fileURLToPath(new URL('../../../reference/testee/dist/main.js', import.meta.url))

export const attachReference = (): Promise<Testee> => attachChild(process.execPath, [MAIN])

/** A stage on which the reference plays a role, and how its user is moved. */
export interface Rig {
  readonly stage: EndStage
  readonly role: RoleUnderTest
  readonly fixture: Fixture
  close(): Promise<void>
}

let count = 0

export async function rigFor(testee: Testee, options: EndStageOptions, more: Fields = {}): Promise<Rig> {
  const stage = await stageForEnd(options)
  const role = await testee.startRole(`play-${++count}`, { ...stage.start, ...more })
  stage.ready(role.ready)
  const fixture: Fixture = {
    act: async action => {
      const result = await role.do(action)
      if (!result.ok) throw new Error(`The testee did not do ${JSON.stringify(action)}: ${result.error} ${result.text}`)
      return result
    },
    event: async (name, fits) => {
      const event = await role.events.next(one => one.name === name && fits(one.fields as Fields), { from: 0, withinMs: 10_000 })
      return event.fields as Fields
    },
  }
  const close = async () => {
    await role.stop()
    await stage.close()
  }
  return { stage, role, fixture, close }
}
