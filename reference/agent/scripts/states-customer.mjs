import { Agent } from '@remote-assist/peer'
import { connect } from '@remote-assist/transport-websocket'

/**
 * Leads the customer's page through its states, in a real session, and has a picture taken of each: `pin`, `problem`, `consent`, `consent-open`, `sharing`,
 * `drawn`, `paused`, `ended`.
 *
 * @param {{ readonly url: string }} broker
 * @param {import('playwright-core').BrowserContext} context one that gives a screen without asking
 * @param {(state: string, page: import('playwright-core').Page) => Promise<unknown>} picture
 */
export async function customerStates(broker, context, picture) {
  const agent = await Agent.create({ transport: connect, brokerUrl: broker.url, displayName: 'Ada' })
  const joined = agent.customer()
  const page = await context.newPage()
  const press = name => page.getByRole('button', { name, exact: true }).click()
  const typePin = async pin => {
    await page.getByLabel('PIN').fill(pin)
    await page.keyboard.press('Enter')
  }
  await page.goto(`${broker.url}/join?name=Eva`)
  await page.getByLabel('PIN').waitFor()
  await picture('pin', page)
  await typePin('4821 973')
  await page.getByText('That is no PIN yet.').waitFor()
  await picture('problem', page)
  await typePin(agent.pin.grouped)
  await page.getByRole('heading', { name: 'Ada would like to help you' }).waitFor()
  await picture('consent', page)
  await page.getByText('Compare three words').click()
  await page.getByText('How to get the companion').click()
  await picture('consent-open', page)
  await page.getByRole('switch', { name: 'Exchange files' }).check()
  await press('Start')
  const session = await joined
  await page.locator('[part=bar]').waitFor()
  session.chat.say('Let me have a look at the driver.')
  await page.getByText('Let me have a look at the driver.').waitFor()
  const [screen] = session.screens.list
  await session.screens.show(screen.screenId)
  await page.getByText('Ada looks at the screen').waitFor({ state: 'attached' })
  await picture('sharing', page)
  session.annotations.draw(
    screen.screenId,
    Array.from({ length: 60 }, (_, i) => ({ x: 1_350 + 150 * Math.cos(i / 9), y: 300 + 90 * Math.sin(i / 9) })),
  )
  await page.getByRole('img', { name: 'What they see, with what they draw' }).waitFor()
  await picture('drawn', page)
  await press('Pause')
  await page.getByText('Paused: nobody sees or does anything').waitFor()
  await picture('paused', page)
  await press('Stop')
  await page.getByRole('heading', { name: 'It is over' }).waitFor()
  await picture('ended', page)
}
