/** Who stands at the other end: words that people compare, and organisations that vouch for agents. */
import type { CredentialSubject } from '@remote-assist/peer'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { joinByPin, startBrowser, startStage } from '../scripts/stage.mjs'
import { organisation } from './organisation.js'

const PATIENT_MS = 15_000
/** The first participant is the agent that makes the session. */
const AGENT = 1

let browser: Browser
let broker: Awaited<ReturnType<typeof startStage>>
let context: BrowserContext

beforeAll(async () => {
  broker = await startStage()
  browser = await startBrowser()
})
afterAll(async () => {
  await browser?.close()
  await broker?.close()
})
beforeEach(async () => {
  context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] })
  context.setDefaultTimeout(PATIENT_MS)
})
afterEach(() => context.close())

async function openConsole(): Promise<Page> {
  const page = await context.newPage()
  await page.goto(broker.url)
  return page
}

/** A customer who joins by the PIN on the page, with the question that it is asked first. */
async function join(page: Page, options: Parameters<typeof joinByPin>[2] = {}) {
  const groups = page.locator('[part=pin] span')
  await groups.first().waitFor()
  const { customer } = await joinByPin(broker, (await groups.allTextContents()).join(''), options)
  const request = await customer.once('consent')
  customer.on('consent', next => next.grantAll())
  return { customer, request }
}

const wordsOn = (page: Page): Promise<string[]> => page.locator('[part=words] span').allTextContents()

test('words are there with the question, stay, are confirmed by either end, and begin anew after a return', async () => {
  const page = await openConsole()
  let comeBack = () => {}
  let gate = Promise.resolve()
  const { customer, request } = await join(page, { before: () => gate })
  await page.getByText('The customer is deciding').waitFor()
  expect(await wordsOn(page)).toEqual(request.asker.words)
  request.grantAll()
  await page.getByRole('button', { name: 'Compared: the same' }).waitFor()
  const words = await wordsOn(page)
  expect(words).toEqual(request.asker.words)
  expect(await page.locator('[part=confirmed]').count()).toBe(0)

  const told = customer.once('words')
  await page.getByRole('button', { name: 'Compared: the same' }).click()
  expect(await told).toEqual({ participant: AGENT })
  expect(await page.locator('[part=confirmed]').allTextContents()).toEqual(['You compared them: the same'])
  expect(await page.getByRole('button', { name: 'Compared: the same' }).count()).toBe(0)
  customer.confirmWords(AGENT)
  await page.getByText('The customer confirmed: the same').waitFor()

  gate = new Promise(resolve => {
    comeBack = resolve
  })
  customer.dropLine()
  await page.getByText('The customer’s connection dropped').waitFor()
  comeBack()
  await page.getByRole('button', { name: 'Compared: the same' }).waitFor()
  expect(await page.locator('[part=confirmed]').count()).toBe(0)
  expect(await wordsOn(page)).not.toEqual(words)
  expect(await wordsOn(page)).toEqual(customer.words(AGENT))
  await customer.close()
})

test('what the customer said of the words with its question is marked once the session is there', async () => {
  const page = await openConsole()
  const { customer, request } = await join(page)
  customer.confirmWords(AGENT)
  request.grantAll()
  await page.getByRole('button', { name: 'Compared: the same' }).waitFor()
  expect(await page.locator('[part=confirmed]').allTextContents()).toEqual(['The customer confirmed: the same'])
  await customer.close()
})

test('a viewer sees words of its own, whether the customer compared them, and nothing to confirm', async () => {
  const page = await openConsole()
  const { customer, request } = await join(page)
  request.grantAll()
  await page.getByRole('button', { name: 'Create link' }).first().click()
  await page.getByRole('button', { name: 'Copy link' }).click()
  const view = await context.newPage()
  await view.goto(await page.evaluate(() => navigator.clipboard.readText()))
  await view.locator('canvas[data-frame]').waitFor()
  const viewer = customer.participants.find(({ participant }) => customer.words(participant).length > 0 && participant !== AGENT)
  expect(await wordsOn(view)).toEqual(customer.words(viewer?.participant ?? 0))
  expect(await wordsOn(view)).not.toEqual(await wordsOn(page))
  expect(await view.locator('[part~=confirm-words]').count()).toBe(0)
  expect(await view.locator('[part=confirmed]').count()).toBe(0)
  customer.confirmWords(viewer?.participant ?? 0)
  await view.getByText('The customer confirmed: the same').waitFor()
  await customer.close()
})

test('an invitation that is not right is said to be that, not a PIN', async () => {
  const page = await openConsole()
  const { customer, request } = await join(page)
  request.grantAll()
  await page.getByRole('button', { name: 'Create link' }).first().click()
  await page.getByRole('button', { name: 'Copy link' }).click()
  const url = await page.evaluate(() => navigator.clipboard.readText())
  const view = await context.newPage()
  await view.goto(url.slice(0, -3) + (url.endsWith('AAA') ? 'BBA' : 'AAA'))
  await view.getByText('This link is not right').waitFor()
  await customer.close()
})

test.each([
  ['trusts', 'verified by Example Ltd'],
  ['does not know', 'unverified'],
])('an agent is shown with the organisation that the customer %s: %s', async (how, shown) => {
  const { trust, credential } = organisation('Example Ltd')
  const page = await openConsole()
  await page.exposeFunction('credentialFor', (subject: CredentialSubject) => credential(subject))
  await page.evaluate(() => {
    document.querySelector('remote-assist-console')?.remove()
    const element = Object.assign(document.createElement('remote-assist-console'), { displayName: 'Ada', credential: Reflect.get(globalThis, 'credentialFor') })
    document.body.append(element)
  })
  await page.getByText('Ada').waitFor()
  const { customer, request } = await join(page, how === 'trusts' ? { trust } : {})
  expect(request.asker.organisation?.name).toBe(how === 'trusts' ? 'Example Ltd' : undefined)
  expect(await page.locator('[part=organisation]').count()).toBe(0)
  request.grantAll()
  await page.locator('[part=organisation]').waitFor()
  expect(await page.locator('[part=organisation]').allTextContents()).toEqual([shown])
  await customer.close()
})
