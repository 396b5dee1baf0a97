import type { ElevationQuestion } from '@remote-assist/peer'
import type { Page } from 'playwright-core'
import { expect, test, vi } from 'vitest'
import { digestOfScreen } from '../pixels.js'
import { choose, digestOfCanvas, PATIENT, press, takeControl, useDesk } from './desk.js'

const desk = useDesk({ policy: { maxElevationMs: 3_600_000 } })

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

/** What each combination of the menu presses over there, HID usages; Ctrl + Alt + Del is no key. */
const COMBINATIONS = {
  'Ctrl + Alt + Del': [],
  'Ctrl + Esc': [0xe0, 0x29],
  'Ctrl + Shift + Esc': [0xe0, 0xe1, 0x29],
  'Alt + Tab': [0xe2, 0x2b],
  'Alt + F4': [0xe2, 0x3d],
  Windows: [0xe3],
  'Windows + L': [0xe3, 0x0f],
  'Windows + R': [0xe3, 0x15],
  'Print Screen': [0x46],
}

test('every combination of the menu presses its keys in order and lets them go, and all but Ctrl + Alt + Del without elevation', async () => {
  const { page, customer, host } = await desk.assist({ os: 'windows' })
  const key = vi.spyOn(host.input, 'key')
  await takeControl(page)
  const pressed: Record<string, readonly number[]> = {}
  for (const name of Object.keys(COMBINATIONS)) {
    await press(page, 'Send keys')
    const item = page.getByRole('menuitem', { name, exact: true })
    if ((await item.getAttribute('aria-disabled')) === 'true') {
      pressed[name] = []
      await page.keyboard.press('Escape')
      continue
    }
    key.mockClear()
    await item.click()
    const keys = (down: boolean) => key.mock.calls.filter(call => call[1] === down).map(([usage]) => usage)
    await expect.poll(() => keys(true).length > 0 && keys(true).length === keys(false).length, PATIENT).toBe(true)
    pressed[name] = keys(true)
    expect(keys(false).sort()).toEqual(keys(true).sort())
  }
  expect(pressed).toEqual(COMBINATIONS)
  await press(page, 'Send keys')
  expect(await page.getByRole('menuitem').allTextContents()).toHaveLength(Object.keys(COMBINATIONS).length + 1)
  await customer.close()
})

test('asks for elevation as far, as long and why the agent says; its button gives the powers up', async () => {
  const { page, customer, host } = await desk.assist({ os: 'windows' })
  await takeControl(page)
  const asked = customer.once('elevation')
  await press(page, 'Elevate')
  const dialog = page.getByRole('dialog', { name: 'Elevate' })
  await dialog.getByLabel('Why, for the customer to read').fill('The spooler has to be started anew.')
  await dialog.getByLabel('How far').selectOption({ label: 'Another account, without an administrator’s powers' })
  const lasting = dialog.getByLabel('For how long')
  expect([await lasting.inputValue(), await lasting.locator('option').allTextContents()]).toEqual([
    '15',
    ['5 minutes', '15 minutes', '30 minutes', '60 minutes'],
  ])
  await lasting.selectOption({ label: '30 minutes' })
  await dialog.getByRole('button', { name: 'The customer confirms' }).click()
  const question = await asked
  expect([question.method, question.scope, question.durationMs, question.reason]).toEqual([
    'prompt',
    'standard',
    1_800_000,
    'The spooler has to be started anew.',
  ])
  question.allow()
  await page.getByRole('status').getByText('User Account Control').waitFor()
  host.desktop.answerUac('yes')
  await page.getByText(/^Elevated, (30:00|29:\d\d) left$/).waitFor()
  await page.locator('[part=foot]').getByRole('button', { name: 'Drop' }).click()
  await page.getByText(/^Elevated, /).waitFor({ state: 'detached' })
  await expect.poll(() => host.desktop.isElevated, PATIENT).toBe(false)
  await page.getByRole('button', { name: 'Elevate', exact: true }).waitFor()
  await customer.close()
})
