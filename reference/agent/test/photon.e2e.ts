/** From the agent's hand to the picture: a key and a click in the console, on a real X display, until the console's canvas shows what a program made of it. */
import { Customer } from '@remote-assist/peer'
import { connect } from '@remote-assist/transport-websocket'
import { expect, test } from 'vitest'
import { takeControl, useDesk } from './console/desk.js'
import { Field, type HANDS, openPageAlone, pointAtField, pressThere, showsField, summary } from './photon.js'

const desk = useDesk()

/** How long it takes says nothing on a machine with other work: rounds enough for a figure are for whoever wants to know it, and are printed. */
const MEASURED = process.env.DEEP === 'true'
const ROUNDS = MEASURED ? 41 : 2

/** What is done, and where. */
type Way = keyof typeof HANDS | 'display' | 'page'

test('each key and each click in the console is answered by the program on the display, and the answer is seen', { timeout: 120_000 }, async () => {
  await using field = await Field.start()
  const { page, pin } = await desk.openConsole()
  const customer = await Customer.join({ transport: connect(desk.broker.url), pin, host: field.host, displayName: 'Eva Lind' })
  customer.on('consent', request => request.grantAll())
  await page.locator('canvas[data-frame][data-painted-in=worker]').waitFor()
  await takeControl(page)
  await showsField(page, field)
  await pointAtField(page)
  // In a window of its own: one behind another is painted once a second.
  const elsewhere = await desk.context.browser()?.newContext()
  if (elsewhere === undefined) throw new Error('The browser is gone.')
  const alone = await openPageAlone(await elsewhere.newPage())
  const measure = async (): Promise<Record<Way, number[]>> => {
    const ms: Record<Way, number[]> = { key: [], click: [], display: [], page: [] }
    for (let round = 0; round < ROUNDS; round++) {
      for (const hand of ['key', 'click'] as const) ms[hand].push(await pressThere(page, field, hand))
      ms.display.push(await field.pressHere())
      await showsField(page, field)
      ms.page.push(await alone.press())
    }
    return ms
  }
  const still = await measure()
  field.scroll()
  const scrolling = await measure()
  for (const [name, ms] of Object.entries({ still, scrolling })) {
    expect([ms.key, ms.click].map(({ length }) => length)).toEqual([ROUNDS, ROUNDS])
    if (!MEASURED) continue
    console.log(`The desktop is ${name}.
      a key in the console until it is seen there: ${summary(ms.key)}
      a click: ${summary(ms.click)}
      the same key on the display alone, XTEST to pixels: ${summary(ms.display)}
      a page alone, from a key by its worker to its canvas: ${summary(ms.page)}`)
  }
  await elsewhere.close()
  await customer.close()
})
