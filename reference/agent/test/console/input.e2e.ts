import type { Page } from 'playwright-core'
import { expect, test, vi } from 'vitest'
import { choose, PATIENT, press, takeControl, useDesk } from './desk.js'

const desk = useDesk()

test('types keys, characters of other keyboards and committed text into the desktop, and clicks where the pointer is (RA-INP-025)', async () => {
  const { page, customer, host } = await desk.assist()
  await takeControl(page)
  await page.keyboard.type('Hello, ')
  await page.keyboard.insertText('日本語 ')
  await page.keyboard.type('größer!')
  await page.keyboard.press('Shift+Home')
  await page.keyboard.press('Delete')
  await page.keyboard.type('Done')
  await expect.poll(() => host.desktop.text, PATIENT).toBe('Done')
  await page.keyboard.press('Enter')
  await page.keyboard.insertText('日本語 ü')
  await expect.poll(() => host.desktop.text, PATIENT).toBe('Done\n日本語 ü')

  const canvas = await page.locator('canvas').boundingBox()
  const print = host.desktop.place('print')
  const scale = (canvas?.width ?? 0) / 1280
  await page.mouse.click((canvas?.x ?? 0) + (print.x + print.width / 2) * scale, (canvas?.y ?? 0) + (print.y + print.height / 2) * scale)
  await expect.poll(() => host.desktop.testPages, PATIENT).toBe(1)
  await customer.close()
})

test('sends what AltGr makes as text, and AltGr itself only with a key that makes none (RA-INP-025)', async () => {
  const { page, customer, host } = await desk.assist()
  await takeControl(page)
  const key = (type: 'keydown' | 'keyup', code: string, name: string) =>
    page.evaluate(
      ([of, event]) => {
        const field = document.querySelector('remote-assist-console')?.shadowRoot?.activeElement
        field?.dispatchEvent(new KeyboardEvent(of, { ...event, modifierAltGraph: true, bubbles: true, cancelable: true }))
      },
      [type, { code, key: name }] as const,
    )
  await key('keydown', 'AltRight', 'AltGraph')
  await key('keydown', 'KeyQ', '@')
  await key('keyup', 'KeyQ', '@')
  await expect.poll(() => host.desktop.text, PATIENT).toBe('@')
  expect(host.desktop.pressedKeys()).toEqual([])
  await key('keydown', 'ArrowLeft', 'ArrowLeft')
  await expect.poll(() => host.desktop.pressedKeys(), PATIENT).toEqual([0x50, 0xe6])
  await key('keyup', 'ArrowLeft', 'ArrowLeft')
  await key('keyup', 'AltRight', 'AltGraph')
  await expect.poll(() => host.desktop.pressedKeys(), PATIENT).toEqual([])
  await customer.close()
})

test('sends what an input method commits, once, and nothing of what is composed; a dead key alone is nothing, and with its letter one character (RA-INP-025)', async () => {
  const { page, customer, host } = await desk.assist()
  const key = vi.spyOn(host.input, 'key')
  await takeControl(page)
  const devtools = await desk.context.newCDPSession(page)
  const compose = (text: string) => devtools.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length })
  for (const text of ['n', 'に', 'にほ', 'にほん']) await compose(text)
  await page.getByRole('button', { name: 'In control' }).waitFor()
  expect(host.desktop.text).toBe('')
  await devtools.send('Input.insertText', { text: '日本' })
  await expect.poll(() => host.desktop.text, PATIENT).toBe('日本')
  // What is called off leaves nothing.
  await compose('に')
  await compose('')

  const type = (event: Omit<Parameters<typeof devtools.send<'Input.dispatchKeyEvent'>>[1] & object, 'type'>) =>
    Promise.all(['keyDown', 'keyUp'].map(of => devtools.send('Input.dispatchKeyEvent', { type: of as 'keyDown', ...event })))
  await type({ key: 'Dead', code: 'Equal' })
  await type({ key: 'é', code: 'KeyE', text: 'é' })
  await expect.poll(() => host.desktop.text, PATIENT).toBe('日本é')
  expect(key).not.toHaveBeenCalled()
  await page.keyboard.type('!')
  await expect.poll(() => host.desktop.text, PATIENT).toBe('日本é!')
  await customer.close()
})

test('turns the wheel over there: a notch is a notch, and pixels add up to it', async () => {
  const { page, customer, host } = await desk.assist({ text: 'line\n'.repeat(80) })
  const wheel = vi.spyOn(host.input, 'wheel')
  const turned = () => wheel.mock.calls.reduce<readonly number[]>(([x = 0, y = 0], [dx, dy]) => [x + dx, y + dy], [0, 0])
  await takeControl(page)
  const field = host.desktop.place('field')
  const { x = 0, y = 0, width = 0 } = (await page.locator('canvas').boundingBox()) ?? {}
  await page.mouse.move(x + ((field.x + 40) * width) / 1280, y + ((field.y + 40) * width) / 1280)
  const before = host.desktop.firstLine
  await page.mouse.wheel(0, 100)
  await expect.poll(turned, PATIENT).toEqual([0, 120])
  await expect.poll(() => host.desktop.firstLine, PATIENT).toBe(before + 3)
  // A touchpad: 7 pixels are 8.4 of 120 parts of a notch, and what is left over counts.
  for (let i = 0; i < 10; i++) await page.mouse.wheel(0, 7)
  await expect.poll(turned, PATIENT).toEqual([0, 204])
  await page.mouse.wheel(50, 0)
  await expect.poll(turned, PATIENT).toEqual([60, 204])
  await customer.close()
})

test('takes a finger for the pointer, and further fingers for nobody', async () => {
  const { page, customer, host } = await desk.assist()
  await takeControl(page)
  const canvas = await page.locator('canvas').boundingBox()
  const print = host.desktop.place('print')
  const scale = (canvas?.width ?? 0) / 1280
  const first = { id: 1, x: (canvas?.x ?? 0) + (print.x + print.width / 2) * scale, y: (canvas?.y ?? 0) + (print.y + print.height / 2) * scale }
  const second = { id: 2, x: first.x + 200, y: first.y + 150 }
  const screen = await desk.context.newCDPSession(page)
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', ...touchPoints: (typeof first)[]) =>
    screen.send('Input.dispatchTouchEvent', { type, touchPoints })
  await touch('touchStart', first)
  await touch('touchEnd')
  await expect.poll(() => host.desktop.testPages, PATIENT).toBe(1)
  await touch('touchStart', first)
  await touch('touchStart', first, second)
  await touch('touchEnd', second)
  const aside = { ...first, x: first.x + 9 }
  await touch('touchMove', aside)
  const atAside = () => Math.abs(host.desktop.pointer.x - (aside.x - (canvas?.x ?? 0)) / scale) <= 1
  await expect.poll(atAside, PATIENT).toBe(true)
  expect(host.desktop.pressedButtons()).toEqual([0])
  await touch('touchEnd')
  await expect.poll(() => host.desktop.pressedButtons(), PATIENT).toEqual([])
  expect([atAside(), host.desktop.testPages]).toEqual([true, 2])
  await customer.close()
})

test('releases what is down when the picture loses the keyboard', async () => {
  const { page, customer, host } = await desk.assist()
  await takeControl(page)
  await page.keyboard.down('Shift')
  await page.keyboard.down('ArrowLeft')
  await expect.poll(() => host.desktop.pressedKeys().length, PATIENT).toBe(2)
  await page.getByPlaceholder('Message to everybody').focus()
  await expect.poll(() => host.desktop.pressedKeys().length, PATIENT).toBe(0)
  await customer.close()
})

test('releases what is down when its window loses the focus to another one, at once (RA-INP-047)', async () => {
  const { page, customer, host } = await desk.assist()
  await takeControl(page)
  // Playwright keeps every page in the belief that it has the focus; here it is to know the truth.
  const devtools = await desk.context.newCDPSession(page)
  await devtools.send('Emulation.setFocusEmulationEnabled', { enabled: false })
  await page.bringToFront()
  await page.evaluate(() => {
    addEventListener('blur', () => document.documentElement.setAttribute('data-left', `${document.hasFocus()}`))
  })
  await page.keyboard.down('Shift')
  await page.keyboard.down('ArrowLeft')
  await expect.poll(() => host.desktop.pressedKeys().length, PATIENT).toBe(2)
  const other = await desk.context.newPage()
  await other.bringToFront()
  await expect.poll(() => page.evaluate(() => document.documentElement.getAttribute('data-left')), PATIENT).toBe('false')
  await expect.poll(() => host.desktop.pressedKeys().length, PATIENT).toBe(0)
  // The agent is still there and in control: what went up did so because it said so.
  await page.bringToFront()
  await page.getByRole('button', { name: 'In control' }).waitFor()
  await customer.close()
})

test('in full screen the picture gets the keys that a browser keeps otherwise, and gives them back', async () => {
  const { page, customer, host } = await desk.assist()
  const calls: string[] = []
  await page.exposeFunction('said', (what: string) => calls.push(what))
  await page.evaluate(() => {
    const keyboard = { lock: async () => Reflect.get(globalThis, 'said')('lock'), unlock: () => Reflect.get(globalThis, 'said')('unlock') }
    Object.defineProperty(navigator, 'keyboard', { value: keyboard })
  })
  const isFull = () => page.evaluate(() => document.fullscreenElement?.localName)
  await takeControl(page)
  await press(page, 'Full screen')
  await expect.poll(isFull, PATIENT).toBe('remote-assist-console')
  await expect.poll(() => calls, PATIENT).toEqual(['lock'])
  await page.keyboard.type('whole')
  await expect.poll(() => host.desktop.text, PATIENT).toBe('whole')
  customer.stop()
  await page.getByRole('heading', { name: 'The session has ended' }).waitFor()
  await expect.poll(isFull, PATIENT).toBeUndefined()
  expect(calls).toEqual(['lock', 'unlock'])
  await customer.close()
})

test('in full screen the bar has what the foot has otherwise: powers to drop, the way out of full screen and of the session', async () => {
  const { page, customer, host } = await desk.assist({ os: 'windows' })
  const isFull = () => page.evaluate(() => document.fullscreenElement?.localName)
  const bar = page.locator('[part=toolbar]')
  customer.on('elevation', question => question.allow())
  await takeControl(page)
  await press(page, 'Elevate')
  await press(page, 'The customer confirms')
  await expect.poll(() => host.desktop.cover, PATIENT).toBe('prompt')
  host.desktop.answerUac('yes')
  await bar.getByRole('button', { name: 'Elevated' }).waitFor()
  expect(await bar.getByRole('button', { name: 'Leave' }).count()).toBe(0)
  await press(page, 'Full screen')
  await expect.poll(isFull, PATIENT).toBe('remote-assist-console')
  await page.mouse.move(300, 2)
  await bar.getByText(/^Elevated, (15:00|14:\d\d) left$/).waitFor()
  await bar.getByRole('button', { name: 'Drop' }).click()
  await expect.poll(() => host.desktop.isElevated, PATIENT).toBe(false)
  await bar.getByRole('button', { name: 'Leave full screen' }).click()
  await expect.poll(isFull, PATIENT).toBeUndefined()
  await press(page, 'Full screen')
  await expect.poll(isFull, PATIENT).toBe('remote-assist-console')
  await page.mouse.move(300, 2)
  await bar.getByRole('button', { name: 'Leave', exact: true }).click()
  await page.getByRole('heading', { name: 'The session has ended' }).waitFor()
  await expect.poll(isFull, PATIENT).toBeUndefined()
  await customer.close()
})

test('in full screen a finger brings the bar back by its handle, and a tap on the picture lets it go', async () => {
  const { page, customer } = await desk.assist()
  const devtools = await desk.context.newCDPSession(page)
  await devtools.send('Emulation.setTouchEmulationEnabled', { enabled: true })
  const tap = async (x: number, y: number) => {
    await devtools.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [{ x, y }] })
    await devtools.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
  }
  const opacity = () => page.locator('[part=toolbar]').evaluate(it => getComputedStyle(it).opacity)
  const handle = page.getByRole('button', { name: 'Tools' })
  expect(await handle.count()).toBe(0)
  await takeControl(page)
  await press(page, 'Full screen')
  await handle.waitFor()
  await expect.poll(opacity, PATIENT).toBe('0')
  const { x = 0, y = 0, width = 0, height = 0 } = (await handle.boundingBox()) ?? {}
  await tap(x + width / 2, y + height / 2)
  await expect.poll(opacity, PATIENT).toBe('1')
  await tap(700, 500)
  await expect.poll(opacity, PATIENT).toBe('0')
  await customer.close()
})

test('full screen begins while the customer is awaited: the PIN is in it, and no key is kept from the browser before there is a picture', async () => {
  const { page, pin } = await desk.openConsole()
  const calls: string[] = []
  await page.exposeFunction('said', (what: string) => calls.push(what))
  await page.evaluate(() => {
    const keyboard = { lock: async () => Reflect.get(globalThis, 'said')('lock'), unlock: () => Reflect.get(globalThis, 'said')('unlock') }
    Object.defineProperty(navigator, 'keyboard', { value: keyboard })
  })
  const isFull = () => page.evaluate(() => document.fullscreenElement?.localName)
  for (const begun of [true, false, true]) {
    await press(page, begun ? 'Full screen' : 'Leave full screen')
    await expect.poll(isFull, PATIENT).toBe(begun ? 'remote-assist-console' : undefined)
  }
  await page.locator('[part=pin]').getByText(pin.slice(0, 4)).waitFor()
  expect(calls).toEqual(['unlock'])
  const { customer, host } = await desk.join(pin)
  await page.locator('canvas[data-frame]').waitFor()
  await expect.poll(() => calls, PATIENT).toEqual(['unlock', 'lock'])
  expect(await isFull()).toBe('remote-assist-console')
  await page.mouse.move(300, 2)
  await takeControl(page)
  await page.keyboard.type('whole')
  await expect.poll(() => host.desktop.text, PATIENT).toBe('whole')
  await customer.close()
})

test('releases what is down when the page is hidden', async () => {
  const { page, customer, host } = await desk.assist()
  await takeControl(page)
  await page.keyboard.down('Shift')
  await expect.poll(() => host.desktop.pressedKeys().length, PATIENT).toBe(1)
  await page.evaluate(() => {
    Object.defineProperty(document, 'hidden', { value: true, configurable: true })
    document.dispatchEvent(new Event('visibilitychange'))
  })
  await expect.poll(() => host.desktop.pressedKeys().length, PATIENT).toBe(0)
  await customer.close()
})

/** What has the keyboard in the console, by its name to screen readers. */
const atKeyboard = (page: Page) => page.evaluate(() => document.querySelector('remote-assist-console')?.shadowRoot?.activeElement?.getAttribute('aria-label'))

test('a key leads out of the picture, as its button and its field say, Tab leads back in, and nothing stays pressed over there', async () => {
  const { page, customer, host } = await desk.assist()
  await page.getByRole('button', { name: 'Take control' }).focus()
  await page.keyboard.press('Enter')
  const field = page.getByRole('textbox', { name: 'The customer’s screen' })
  await expect.poll(() => atKeyboard(page), PATIENT).toContain('Ctrl + Alt + Home leads out')
  await page.keyboard.type('in')
  await page.keyboard.press('Tab')
  await expect.poll(() => host.desktop.text, PATIENT).toBe('in  ')
  await page.keyboard.down('Control')
  await page.keyboard.down('Alt')
  await expect.poll(() => host.desktop.pressedKeys().length, PATIENT).toBe(2)
  await page.keyboard.down('Home')
  await expect.poll(() => atKeyboard(page)).toBe('In control')
  await expect.poll(() => host.desktop.pressedKeys(), PATIENT).toEqual([])
  for (const key of ['Home', 'Alt', 'Control']) await page.keyboard.up(key)
  expect(await page.getByRole('button', { name: 'In control' }).getAttribute('title')).toContain('Ctrl + Alt + Home')
  // From button to button, and in the end to the picture again, in the order of the page.
  await page.keyboard.press('Tab')
  await expect.poll(() => atKeyboard(page)).toBe('Send keys')
  for (let i = 0; i < 9 && !(await field.evaluate(it => it.matches(':focus'))); i++) await page.keyboard.press('Tab')
  await page.keyboard.type('!')
  await expect.poll(() => host.desktop.text, PATIENT).toBe('in  !')
  await page.keyboard.press('Control+Alt+Home')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Take control' }).waitFor()
  expect(await field.evaluate(it => it.tabIndex)).toBe(-1)
  await customer.close()
})

test('takes no key while none is sent: after a pause Tab goes on in the page', async () => {
  const { page, customer, host } = await desk.assist()
  await takeControl(page)
  await expect.poll(() => atKeyboard(page), PATIENT).toContain('The customer’s screen')
  customer.pause()
  await page.getByText('The customer paused the session').first().waitFor()
  await page.keyboard.type('unheard')
  await page.keyboard.press('Tab')
  expect(await atKeyboard(page)).not.toContain('The customer’s screen')
  // Whoever types a message when the customer goes on goes on as well.
  const message = page.getByPlaceholder('Message to everybody')
  await message.focus()
  customer.unpause()
  await page.getByText('The customer paused the session').first().waitFor({ state: 'detached' })
  await page.keyboard.type('for the chat')
  expect([await message.inputValue(), host.desktop.text]).toEqual(['for the chat', ''])
  await customer.close()
})

/** The picture in a window of its own, with the keyboard in it. */
async function popOut(page: Page): Promise<Page> {
  const popping = page.waitForEvent('popup')
  await choose(page, 'Fit', 'In its own window')
  const popped = await popping
  await popped.locator('canvas[data-frame]').waitFor()
  await popped.keyboard.press('Tab')
  return popped
}

test('what is down in a window of its own is released when that is hidden, and not when the console’s is', async () => {
  const { page, customer, host } = await desk.assist()
  await takeControl(page)
  const popped = await popOut(page)
  const hide = (window: Page) =>
    window.evaluate(() => {
      Object.defineProperty(document, 'hidden', { value: true, configurable: true })
      document.dispatchEvent(new Event('visibilitychange'))
    })
  await popped.keyboard.down('Shift')
  await expect.poll(() => host.desktop.pressedKeys(), PATIENT).toEqual([0xe1])
  await hide(page)
  // What is typed later arrives later.
  await popped.keyboard.press('A')
  await expect.poll(() => host.desktop.text, PATIENT).toBe('A')
  // Its own going up comes behind its letter.
  await expect.poll(() => host.desktop.pressedKeys(), PATIENT).toEqual([0xe1])
  await hide(popped)
  await expect.poll(() => host.desktop.pressedKeys(), PATIENT).toEqual([])
  await customer.close()
})

test('the same key leads out of the picture in its own window, and shows the bar in full screen', async () => {
  const { page, customer, host } = await desk.assist()
  await takeControl(page)
  const popped = await popOut(page)
  await popped.keyboard.type('there')
  await expect.poll(() => host.desktop.text, PATIENT).toBe('there')
  await popped.keyboard.press('Control+Alt+Home')
  await expect.poll(() => atKeyboard(page)).toBe('In control')
  await popped.keyboard.type('nowhere')
  const field = popped.getByRole('textbox')
  for (let i = 0; i < 3 && !(await field.evaluate(it => it.matches(':focus'))); i++) await popped.keyboard.press('Tab')
  await popped.keyboard.type('!')
  await expect.poll(() => host.desktop.text, PATIENT).toBe('there!')
  await page.getByRole('main').getByRole('button', { name: 'Back into this window' }).click()

  await press(page, 'Full screen')
  await expect.poll(() => page.evaluate(() => document.fullscreenElement?.localName), PATIENT).toBe('remote-assist-console')
  await expect.poll(() => atKeyboard(page)).toContain('The customer’s screen')
  const bar = page.locator('[part=toolbar]')
  const opacity = () => bar.evaluate(it => getComputedStyle(it).opacity)
  await expect.poll(opacity, PATIENT).toBe('0')
  await page.keyboard.press('Control+Alt+Home')
  await expect.poll(opacity, PATIENT).toBe('1')
  expect([await atKeyboard(page), host.desktop.text]).toEqual(['In control', 'there!'])
  await customer.close()
})
