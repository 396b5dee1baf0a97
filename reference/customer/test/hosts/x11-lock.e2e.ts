import { ElevationReason } from '@remote-assist/codec'
import { expect, it } from 'vitest'
import { virtualHost } from '../../src/hosts/index.js'
import { ScreenLock } from '../../src/hosts/x11/screen-lock.js'
import type { ShapeExtension } from '../../src/hosts/x11/wire.js'
import { describeWith } from './needs.js'
import { X_PROGRAMS } from './x-server.js'
import { xSession } from './x-session.js'
import { x11Setup } from './x-witness.js'

const SET = 0
const BOUNDING = 0

describeWith(X_PROGRAMS, 'a locked X display', () => {
  it('ends elevation, and nobody is elevated before it is unlocked (RA-ELV-024)', async () => {
    const { elevation, desktop } = virtualHost({ os: 'windows' })
    await using it = await xSession(elevation === undefined ? {} : { elevation })
    const { session, customer, x } = it
    customer.on('elevation', question => question.allow())
    elevation?.onSecureDesktop(active => active && desktop.answerUac('yes'))
    const powers = await session.elevate({ reason: 'a driver' })
    await x.witness.lock(true)
    expect(await powers.ended).toBe(ElevationReason.LOCKED)
    expect(desktop.isElevated).toBe(false)
    await expect(session.elevate({ reason: 'again' })).rejects.toMatchObject({ code: 'E_ELEVATION' })
    const unlocked = new Promise<void>(resolve => x.host.onLocked?.(locked => locked || resolve()))
    await x.witness.lock(false)
    await unlocked
    await session.elevate({ reason: 'again' })
  })

  it('is one whose keys are taken and whose monitors are covered: neither alone is a lock, nor is a drawing over everything', async () => {
    await using x = await x11Setup()
    const { witness } = x
    const { human } = witness
    const looks = async () => {
      const seen: boolean[] = []
      const lock = await ScreenLock.open(await witness.another(), () => x.host.screens.list())
      lock.onLocked(locked => seen.push(locked))
      lock.close()
      return seen.includes(true)
    }
    expect(await looks()).toBe(false)
    const window = witness.cover()
    await human.sync()
    expect(await looks()).toBe(false)
    await witness.takeKeyboard(true)
    expect(await looks()).toBe(true)
    const shape = await human.extension<ShapeExtension>('shape')
    shape?.Rectangles(SET, BOUNDING, window, 0, 0, [[0, 0, 100, 100]])
    await human.sync()
    expect(await looks()).toBe(false)
    witness.uncover()
    await human.sync()
    expect(await looks()).toBe(false)
  })
})
