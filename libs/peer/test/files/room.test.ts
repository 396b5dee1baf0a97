import { join } from 'node:path'
import { FileRefusal } from '@remote-assist/codec'
import { describe, expect, test } from 'vitest'
import { Pair } from './pair.js'
import { roomy } from './roomy.js'
import { bytesOf, writeTree } from './trees.js'

const refusals = (pair: Pair) => pair.customer.sentCase('decision').map(({ exceptions, refusal }) => exceptions[0]?.refusal ?? refusal)

describe('the room of a store', () => {
  test('RA-FIL-016 what one transfer was promised is no other one’s, until it is over', async () => {
    await using pair = await Pair.open({ platform: roomy(10_000) })
    await writeTree(pair.source, { 'a.bin': bytesOf(6_000), 'b.bin': bytesOf(6_000, 2) })
    const send = (name: string) => pair.agent.files.send([join(pair.source, name)])
    const offered = pair.customer.files.once('offer')
    const first = send('a.bin')
    const offer = await offered
    pair.customer.files.on('offer', other => void other.accept())
    const receiving = offer.accept()
    receiving.hold()
    await expect(send('b.bin').done).rejects.toMatchObject({ code: 'E_FILE_SPACE' })
    receiving.continue()
    await Promise.all([first.done, receiving.done])
    await send('b.bin').done
    expect(refusals(pair)).toEqual([FileRefusal.UNSPECIFIED, FileRefusal.SPACE, FileRefusal.UNSPECIFIED])
  })

  test('RA-FIL-016 of two offers that are accepted in one turn the room is promised to one', async () => {
    await using pair = await Pair.open({ platform: roomy(10_000) })
    await writeTree(pair.source, { 'a.bin': bytesOf(6_000), 'b.bin': bytesOf(6_000, 2) })
    const offers: (() => void)[] = []
    pair.customer.files.on('offer', offer => {
      offers.push(() => offer.accept().hold())
      if (offers.length === 2) for (const accept of offers) accept()
    })
    const sending = ['a.bin', 'b.bin'].map(name => pair.agent.files.send([join(pair.source, name)]))
    await expect(sending[1]?.done).rejects.toMatchObject({ code: 'E_FILE_SPACE' })
    sending[0]?.cancel()
    expect(refusals(pair).sort()).toEqual([FileRefusal.UNSPECIFIED, FileRefusal.SPACE])
  })
})
