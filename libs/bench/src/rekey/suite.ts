import { type Aead, platformAead, TAG_BYTES } from '@remote-assist/secure'
import { Program } from '../program.js'
import { compare, type Row, within } from '../row.js'
import type { Effort, Suite } from '../suite.js'
import { type Contestant, takeTurns } from '../turns.js'
import { FullHouse, OTHERS } from './full-house.js'

/** REKEY: how long a new key of the picture takes until everybody was told, in a session that is full. */
export const rekeySuite: Suite = { name: 'REKEY', title: `A new media key for ${OTHERS}, beside the same without sealing`, run }

/** Within one frame of a screen with 60 a second: whoever comes or goes costs the others no picture. */
const GOAL = within(16)

/** Puts zeros where a tag belongs. */
const clearAead: Aead = () => ({
  seal: (_nonce, _associated, plaintext, lead = new Uint8Array()) => {
    const whole = new Uint8Array(lead.length + plaintext.length + TAG_BYTES)
    whole.set(lead)
    whole.set(plaintext, lead.length)
    return whole
  },
  open: (_nonce, _associated, sealed) => sealed.subarray(0, sealed.length - TAG_BYTES),
})

async function* run(effort: Effort): AsyncGenerator<Row> {
  const broker = await Program.start('relay/programs/broker')
  try {
    const houses = [await FullHouse.gather(broker.url, platformAead), await FullHouse.gather(broker.url, clearAead)] as const
    const [ours, peer] = await takeTurns([contestant('ours', houses[0], effort), contestant('the same, not sealed', houses[1], effort)], effort.quick ? 5 : 31)
    if (ours === undefined || peer === undefined) throw new RangeError('Nobody took part.')
    yield compare(`media key for ${OTHERS}`, 'ms', { name: ours.name, values: ours.rounds }, [{ name: peer.name, values: peer.rounds }], GOAL)
    for (const house of houses) await house.close()
  } finally {
    await broker.stop()
  }
}

function contestant(name: string, house: FullHouse, { quick }: Effort): Contestant<number> {
  const changes = quick ? 2 : 10
  return {
    name,
    round: async () => {
      let ms = 0
      for (let n = 0; n < changes; n++) ms += await house.rekey()
      return ms / changes
    },
  }
}
