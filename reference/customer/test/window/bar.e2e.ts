import type { ScreenInfo } from '@remote-assist/peer'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { XConnection } from '../../src/hosts/x11/connection.js'
import { Bar } from '../../src/window/x11/bar.js'
import { describeWith } from '../hosts/needs.js'
import { X_PROGRAMS } from '../hosts/x-server.js'
import { PATIENT, Stage } from './stage.js'

/** A row of the bar above its letters, and the colours of its buttons there. */
const IN_BAR = 8
const STOP = 0xc42b36
const PAUSE = 0x2a313b
const HOME: ScreenInfo = { id: 1, name: 'home', x: 0, y: 0, width: 800, height: 600, scalePercent: 100, rotation: 0, primary: true }

let stage: Stage

beforeAll(async () => {
  stage = await Stage.set()
})
afterAll(() => stage?.[Symbol.asyncDispose]())

describeWith([...X_PROGRAMS, 'xsetroot'], 'the bar on top', () => {
  test('keeps Pause and Stop on the screen, however long the names are of those who are there', async () => {
    const connection = await XConnection.open(stage.server.display)
    const pressed: string[] = []
    const bar = new Bar(connection, { pause: () => pressed.push('pause'), stop: () => pressed.push('stop') })
    const name = 'A helper who is called by a name that takes all the room there is'
    const words = { seen: true, pause: 'Pause', stop: 'Stop' }
    const lastOf = async (colour: number) => (await stage.person.row(IN_BAR)).lastIndexOf(colour)
    for (const sentences of [[`${name} and ${name} are in control`], [`${name} and ${name} are in control`, 'Two are in control']]) {
      bar.show({ ...words, sentences }, [HOME])
      await expect.poll(() => lastOf(STOP), PATIENT).toBeGreaterThan(0)
      const [stop, pause] = [await lastOf(STOP), await lastOf(PAUSE)]
      expect(stop).toBeLessThan(HOME.width)
      expect(pause).toBeLessThan(stop)
      await stage.person.click(pause - 1, IN_BAR)
      await stage.person.click(stop - 1, IN_BAR)
      await expect.poll(() => [...pressed], PATIENT).toEqual(['pause', 'stop'])
      pressed.length = 0
    }
    bar.close()
    connection.close()
  })

  test('comes back to where a screen is, when the one that it was on has become smaller', async () => {
    const connection = await XConnection.open(stage.server.display)
    const bar = new Bar(connection, { pause: () => undefined, stop: () => undefined })
    const words = { seen: true, pause: 'Pause', stop: 'Stop', sentences: ['Ada is in control'] }
    const edge = async () => (await stage.person.row(IN_BAR)).lastIndexOf(STOP)
    bar.show(words, [HOME])
    await expect.poll(edge, PATIENT).toBeGreaterThan(500)
    bar.show(words, [{ ...HOME, width: 480 }])
    await expect.poll(edge, PATIENT).toBeLessThan(480)
    expect(await edge()).toBeGreaterThan(400)
    bar.close()
    connection.close()
  })
})
