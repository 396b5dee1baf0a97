import { afterAll, afterEach, describe, it } from 'vitest'
import { hostCompliance } from '../../../src/host-compliance/index.js'
import { notRun } from '../needs.js'
import { x11Setup } from '../x-witness.js'
import { Seat } from './seat.js'
import { tryWorld } from './world.js'

const NAME = 'the X11 host with administrator powers by sudo does what every host must'
const world = await tryWorld()

if (typeof world === 'string') notRun(NAME, world)
else
  describe(NAME, () => {
    afterAll(() => world[Symbol.asyncDispose]())
    afterEach(() => world.empty())

    const setup = async () => {
      const seat = new Seat(world)
      const made = await x11Setup({ elevation: seat.elevation })
      const witness = Object.assign(made.witness, {
        secureDesktop: false,
        answerPrompt: (answer: 'yes' | 'no') => seat.answer(answer),
        accounts: { administrator: world.login('admin'), ordinary: world.login('guest') },
        commands: { short: { argv: ['sh', '-c', 'id -u; exit 3'], output: '0\n', exitCode: 3 }, endless: ['sleep', '1000000'] },
      } as const)
      return { ...made, witness }
    }
    const cases = hostCompliance('x11', setup, ['elevation', 'credentials']).filter(({ name }) => !name.includes('host, screens:'))
    for (const { name, run } of cases) it(name, run)
  })
