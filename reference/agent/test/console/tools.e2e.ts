import type { ElevationQuestion } from '@remote-assist/peer'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { digestOfScreen } from '../pixels.js'
import { choose, digestOfCanvas, PATIENT, press, takeControl, useDesk } from './desk.js'

const desk = useDesk()

/** Has the console drawn anew. */
async function redraw(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const element = document.querySelector('remote-assist-console') as HTMLElement & { requestUpdate(): void; readonly updateComplete: Promise<boolean> }
    element.requestUpdate()
    await element.updateComplete
  })
}

test('elevates by an account and its password, which are asked for once the customer has agreed, and are not kept (RA-ELV-066)', async () => {
  const { page, customer, host } = await desk.assist({ os: 'windows' })
  const form = page.locator('[part=credentials]')
  const ask = async (): Promise<ElevationQuestion> => {
    const asked = customer.once('elevation')
    await press(page, 'Elevate')
    await press(page, 'I give a password …')
    return asked
  }
  await takeControl(page)
  const question = await ask()
  expect([question.method, question.reason]).toEqual(['credentials', 'The next step needs the powers of an administrator.'])
  await page.getByRole('button', { name: 'Elevating …' }).waitFor()
  await page.locator('canvas').click()
  expect(await form.count()).toBe(0)
  question.allow()
  await form.waitFor()
  expect(await form.getByLabel('Password').getAttribute('autocomplete')).toBe('off')
  expect(await form.getByLabel('Password').getAttribute('type')).toBe('password')
  // Who goes on typing types into the form, and nothing into the desktop.
  await page.keyboard.type('admin')
  await page.keyboard.press('Tab')
  await page.keyboard.type('wrong')
  expect([await form.getByLabel('Account').inputValue(), host.desktop.text]).toEqual(['admin', ''])
  await form.getByRole('button', { name: 'Elevate' }).click()
  await page.getByRole('alert').getByText('The user name or password is wrong.').waitFor()

  ;(await ask()).allow()
  await form.getByLabel('Account').fill('admin')
  expect(await form.getByLabel('Password').inputValue()).toBe('')
  await form.getByLabel('Password').fill('admin')
  await form.getByLabel('Password').press('Enter')
  await page.getByRole('button', { name: 'Elevated' }).waitFor()
  expect(host.desktop.isElevated).toBe(true)
  await page.getByText(/^Elevated, (15:00|14:\d\d) left$/).waitFor()
  expect(await form.count()).toBe(0)
  await page.keyboard.type('on')
  await expect.poll(() => host.desktop.text, PATIENT).toBe('on')
  await press(page, 'Elevated')
  await expect.poll(() => host.desktop.isElevated, PATIENT).toBe(false)

  ;(await ask()).allow()
  await form.waitFor()
  await form.getByRole('button', { name: 'Cancel' }).click()
  await page.getByRole('button', { name: 'Elevate', exact: true }).waitFor()
  expect(await page.getByRole('alert').count()).toBe(1)
  await customer.close()
})

test('says while the customer’s computer asks what nobody else can see; elevates once it was told Yes, and then sends Ctrl + Alt + Del', async () => {
  const { page, customer, host } = await desk.assist({ os: 'windows' })
  customer.on('elevation', question => question.allow())
  await takeControl(page)
  await press(page, 'Elevate')
  await press(page, 'The customer confirms')
  const notice = page.getByRole('status').filter({ hasText: 'asks them something that nobody else can see' })
  await notice.getByText('User Account Control').waitFor()
  host.desktop.answerUac('yes')
  await notice.waitFor({ state: 'detached' })
  await page.getByText(/^Elevated, (15:00|14:\d\d) left$/).waitFor()

  await choose(page, 'Send keys', 'Ctrl + Alt + Del')
  await expect.poll(() => host.desktop.cover, PATIENT).toBe('security')
  await customer.close()
})

test('goes to the next screen, and back', async () => {
  const { page, customer, host } = await desk.assist()
  await page.getByRole('button', { name: '1 (1280×800)' }).waitFor()
  await press(page, 'Next screen (2)')
  await page.getByRole('button', { name: '2 (1024×768)' }).waitFor()
  await expect.poll(() => digestOfCanvas(page), PATIENT).toBe(await digestOfScreen(host, 2))
  await press(page, 'Next screen (1)')
  await expect.poll(() => digestOfCanvas(page), PATIENT).toBe(await digestOfScreen(host, 1))
  await customer.close()
})

test('sends keys, syncs the clipboard, chats in plain text (RA-CHT-005)', async () => {
  const { page, customer, host } = await desk.assist()
  await takeControl(page)
  await press(page, 'Send keys')
  const secure = page.getByRole('menuitem', { name: 'Ctrl + Alt + Del' })
  expect(await secure.getAttribute('aria-disabled')).toBe('true')
  expect(await secure.getAttribute('title')).toContain('Needs elevation')
  await page.getByRole('menuitem', { name: 'Ctrl + Esc' }).click()
  await expect.poll(() => host.desktop.startMenuOpen, PATIENT).toBe(true)

  const box = page.getByLabel('Sync clipboard')
  await box.click()
  await expect.poll(() => box.isChecked(), PATIENT).toBe(true)
  host.desktop.setClipboard('copied by the customer')
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText()), PATIENT).toBe('copied by the customer')

  const heard = new Promise<string>(resolve => customer.on('chat', ({ text }) => resolve(text)))
  const line = 'One <i>moment</i>, please: https://example.org/'
  await page.getByPlaceholder('Message to everybody').click()
  await page.keyboard.type(line.slice(0, 5))
  // As every second does: the picture must not take the keyboard back.
  await redraw(page)
  await page.keyboard.type(line.slice(5))
  await page.keyboard.press('Enter')
  expect(await heard).toBe(line)
  await page.getByRole('log').getByText(line).waitFor()
  expect(await page.getByRole('log').locator('i, a').count()).toBe(0)
  await customer.close()
})

test('types the clipboard as keys; offers elevation only where the customer’s computer can', async () => {
  const { page, customer, host } = await desk.assist({ os: 'linux' })
  await takeControl(page)
  expect(await page.getByRole('button', { name: 'Elevate' }).count()).toBe(0)
  await page.evaluate(() => navigator.clipboard.writeText('größer, 日本語'))
  await press(page, 'Send keys')
  await page.getByRole('menuitem', { name: 'Type the clipboard' }).click()
  await expect.poll(() => host.desktop.text, PATIENT).toBe('größer, 日本語')
  await customer.close()
})
