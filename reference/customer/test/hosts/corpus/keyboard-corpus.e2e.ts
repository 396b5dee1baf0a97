import { expect, it } from 'vitest'
import { describeWith } from '../needs.js'
import { X_PROGRAMS } from '../x-server.js'
import { x11Setup } from '../x-witness.js'
import { casesOf } from './cases.js'
import { KEYBOARDS } from './keyboards.js'
import { typeAndRead } from './typist.js'

/** How many texts are typed under each keyboard beside its keys. */
const TEXTS = process.env.DEEP === 'true' ? 2_000 : 200
/** The corpus is promised to have so many cases. */
const PROMISED = 2_000
const LIMIT_MS = process.env.DEEP === 'true' ? 1_800_000 : 300_000

describeWith([...X_PROGRAMS, 'setxkbmap'], 'the keyboard corpus: what is typed into an xterm is what it gets', () => {
  it.concurrent.each(Object.entries(KEYBOARDS))(
    '%s (RA-INP-021, RA-INP-022, RA-INP-023)',
    async (name, keyboard) => {
      await using setup = await x11Setup()
      await setup.server.run('setxkbmap', ...keyboard.layout)
      await setup.witness.focusText()
      expect(await typeAndRead(setup, casesOf(name, keyboard, TEXTS))).toEqual([])
    },
    LIMIT_MS,
  )

  it('has at least as many cases as are promised', () => {
    const counts = Object.entries(KEYBOARDS).map(([name, keyboard]) => casesOf(name, keyboard, TEXTS).length)
    expect(counts.reduce((sum, count) => sum + count)).toBeGreaterThanOrEqual(PROMISED)
  })
})
