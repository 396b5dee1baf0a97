import assert from 'node:assert/strict'
import { present, Seen } from './support.js'
import type { HostSetup } from './witness.js'

/** What every host that hears of the lock screen must do. */
export const lockChecks: Readonly<Record<string, (setup: HostSetup) => Promise<void>>> = {
  'tells when the screen is locked and unlocked, each once, and at once whoever asks while it is': async ({ host, witness }) => {
    const onLocked = present(host.onLocked, 'an ear for the lock screen').bind(host)
    const lock = present(witness.lock, 'a witness that locks the screen').bind(witness)
    const turns = new Seen<boolean>()
    const stop = onLocked(turns.add)
    assert.deepEqual(turns.all, [], 'the screen is not locked yet')
    for (let round = 0; round < 2; round++) {
      await lock(true)
      await turns.until('word of the lock', () => turns.all.length === 2 * round + 1)
      const late = new Seen<boolean>()
      onLocked(late.add)()
      assert.deepEqual(late.all, [true], 'whoever asks while the screen is locked is told so at once')
      await lock(false)
      await turns.until('word of the unlocking', () => turns.all.length === 2 * round + 2)
    }
    assert.deepEqual(turns.all, [true, false, true, false])
    stop()
  },
}
