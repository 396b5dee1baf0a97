/** The viewer's page: it looks on and takes part in the talk, if that is granted; it acts on nothing. */
import { type Customer, Permission } from '@remote-assist/peer'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { PATIENT, press, useDesk } from './desk.js'

const desk = useDesk()

/** A session with an expert who came by a link. */
async function withViewer(customer: Customer, page: Page) {
  await page.getByRole('group', { name: 'External view' }).getByRole('button', { name: 'Create link' }).click()
  await press(page, 'Copy link')
  const url = new URL(await page.evaluate(() => navigator.clipboard.readText()))
  const view = await desk.context.newPage()
  await view.goto(`${url.origin}${url.pathname}?name=Cora${url.hash}`)
  await view.locator('canvas[data-frame]').waitFor()
  const number = customer.participants.find(({ displayName }) => displayName === 'Cora')?.participant ?? 0
  return { view, number }
}

const panelButton = (view: Page) => view.getByRole('button', { name: 'Details' })

test('an expert reads what is said to everybody and answers, with the keyboard, for as long as that is granted', async () => {
  const { page, customer } = await desk.assist()
  const { view, number } = await withViewer(customer, page)
  customer.say('Which cable is it?')
  await view.getByRole('log').getByText('Which cable is it?').waitFor()
  await view.getByRole('textbox', { name: 'Message to everybody' }).focus()
  await view.keyboard.type('The blue one')
  await view.keyboard.press('Enter')
  await page.getByRole('log').getByText('The blue one').waitFor()
  await view.getByRole('log').getByText('The blue one').waitFor()
  expect(await page.getByRole('log').locator('b').allTextContents()).toEqual(['Eva Lind', 'Cora'])

  customer.revoke(Permission.CHAT, number)
  await view.getByRole('log').waitFor({ state: 'detached' })
  expect(await view.getByRole('button').allTextContents()).toEqual([expect.stringContaining('Next screen'), ''])
  await customer.close()
})

test('on a narrow page the picture has the room: users and chat are folded, and what is new is counted', async () => {
  const { page, customer } = await desk.assist()
  const { view } = await withViewer(customer, page)
  await view.setViewportSize({ width: 360, height: 640 })
  await view.getByRole('complementary').waitFor({ state: 'hidden' })
  customer.say('One')
  customer.say('Two')
  const count = panelButton(view).locator('.count')
  await count.getByText('2', { exact: true }).waitFor()
  const { x = 0, width = 0 } = (await count.boundingBox()) ?? {}
  expect(x + width).toBeLessThanOrEqual(360)
  await panelButton(view).click()
  await view.getByRole('log').getByText('Two').waitFor()
  expect(await view.locator('.count').count()).toBe(0)
  expect(await view.evaluate(() => document.documentElement.scrollWidth)).toBe(360)
  const bar = view.getByRole('banner')
  expect(await bar.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBe(0)
  await customer.close()
})

test('an expert is told what does not work, and that the picture was taken back', async () => {
  const { page, customer } = await desk.assist()
  const { view, number } = await withViewer(customer, page)
  const line = view.getByRole('textbox', { name: 'Message to everybody' })
  // Ten a second are allowed, and the next tenth of a second allows another one: many more, since a busy page may take a while.
  await line.evaluate((field: HTMLInputElement) => {
    for (let i = 1; i <= 40; i++) {
      field.value = `line ${i}`
      field.form?.requestSubmit()
    }
  })
  await view.getByRole('alert').getByText('This session has reached a limit.').waitFor()
  await press(view, 'Dismiss')
  await expect.poll(() => view.getByRole('alert').count(), PATIENT).toBe(0)
  customer.revoke(Permission.VIEW_SCREEN, number)
  await view.getByText('The customer did not share the screen').waitFor()
  expect(await view.getByRole('button', { name: /Next screen/ }).count()).toBe(0)
  await customer.close()
})
