import { expect, test } from 'vitest'
import { PATIENT, useDesk } from './desk.js'

const desk = useDesk()

test('offers what is copied while the box is ticked, and nothing that was copied before (RA-CLP-006)', async () => {
  const { page, customer, host } = await desk.assist()
  const copy = (text: string) => page.evaluate(text => navigator.clipboard.writeText(text), text)
  await copy('a secret of the agent')
  host.desktop.setClipboard('a secret of the customer')
  const box = page.getByLabel('Sync clipboard')
  await box.click()
  await expect.poll(() => box.isChecked(), PATIENT).toBe(true)
  // The window comes back to the front with what was there before, then with something new; the page has read the clipboard when it reads it again.
  const front = () =>
    page.evaluate(async () => {
      dispatchEvent(new Event('focus'))
      await navigator.clipboard.readText()
    })
  await front()
  await copy('copied by the agent')
  await front()
  await expect.poll(() => host.desktop.readClipboard(), PATIENT).not.toBe('a secret of the customer')
  expect(host.desktop.readClipboard()).toBe('copied by the agent')
  host.desktop.setClipboard('copied by the customer')
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText()), PATIENT).toBe('copied by the customer')
  await front()
  expect(host.desktop.readClipboard()).toBe('copied by the customer')
  await customer.close()
})
