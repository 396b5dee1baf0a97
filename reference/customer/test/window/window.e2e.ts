import { existsSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type AssistError, Permission, type Session } from '@remote-assist/peer'
import { verifyAudit } from '@remote-assist/secure'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWith } from '../hosts/needs.js'
import { X_PROGRAMS } from '../hosts/x-server.js'
import { arrived, control, DOWN, ears, MOVED, newAgent, RIGHT, reachesNothing, UP, unheld } from './agent.js'
import { type OpenCompanion, PATIENT, Stage } from './stage.js'

/** A row of the bar, which is at the top of the display; what its Stop is coloured in. */
const IN_BAR = 8
const STOP_COLOUR = 0xc42b36
/** Control, Alt and End on the keyboard of an X server without one. */
const CTRL_ALT_END = [37, 64, 115]

let stage: Stage

beforeAll(async () => {
  stage = await Stage.set()
})
afterAll(() => stage?.[Symbol.asyncDispose]())

/** Types a PIN where the window asks for it. */
async function typePin({ page, press, button }: Typing, pin: string): Promise<void> {
  await page.getByRole('textbox', { name: 'PIN' }).fill(pin)
  await press(button('Continue'))
}
type Typing = Pick<OpenCompanion, 'page' | 'press' | 'button'>

describeWith([...X_PROGRAMS, 'chromium', 'xsetroot'], 'the desktop companion', () => {
  test('asks in a window, shows who sees and who controls, and lets nobody answer but the person', async () => {
    await using companion = await stage.startCompanion()
    const { page } = companion
    const agent = await newAgent(stage)
    const joined = agent.customer()

    // The PIN, mistyped at first.
    await page.getByRole('heading', { name: 'Type the PIN' }).waitFor()
    expect([await page.title(), await page.locator('html').getAttribute('lang')]).toEqual(['Remote assistance', 'en'])
    expect(page.url()).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/)
    expect(await companion.barriers()).toEqual([])
    const type = (pin: string) => typePin({ page, press: what => companion.press(what), button: name => companion.button(name) }, pin)
    await type(agent.pin.digits.slice(0, -6) + (agent.pin.secret === '000000' ? '111111' : '000000'))
    await page.getByText('That PIN is not right. 2 tries are left.').waitFor()
    await type(` ${agent.pin.grouped} `)

    // Who asks, and for what.
    await page.getByRole('heading', { name: 'Ada would like to help you' }).waitFor()
    await page.getByText('Not verified').waitFor()
    expect(await companion.toggle('Use your mouse and keyboard').isChecked()).toBe(false)
    expect(await companion.barriers()).toEqual([])
    await companion.press(companion.toggle('Use your mouse and keyboard'))
    await companion.press(companion.button('Start'))
    const session = await joined
    expect([...session.grants].sort((a, b) => a - b)).toEqual(
      [Permission.VIEW_SCREEN, Permission.CONTROL_INPUT, Permission.CHAT, Permission.ANNOTATE].sort((a, b) => a - b),
    )
    await page.getByText('Ada can see your screen').waitFor()
    expect(await companion.barriers()).toEqual([])
    await control(session)
    await page.getByRole('heading', { name: 'Ada is in control' }).waitFor()

    await showsOnTheScreen(companion, session)
    await holdsInputWhileItAsks(companion, session)
    await heedsTheOwnHandAlone(companion, session)
    await talksAndTakesFiles(companion, session)

    // Pause, go on, stop; the log.
    await companion.press(companion.button('Pause'))
    await page.getByText('Paused: nobody sees or does anything').waitFor()
    await companion.press(companion.button('Continue'))
    await page.getByText('Paused: nobody sees or does anything').waitFor({ state: 'detached' })
    const ended = new Promise<AssistError>(resolve => session.on('ended', resolve))
    await companion.press(companion.button('Stop'))
    expect((await ended).code).toBe('E_STOPPED')
    await page.getByRole('heading', { name: 'It is over' }).waitFor()
    await companion.part('log-lines').getByText('You stopped the session', { exact: true }).waitFor()
    expect(await companion.barriers()).toEqual([])
    await companion.press(companion.button('Save the log'))
    await page.getByText('Saved: ').waitFor()
    const [log = ''] = (await readdir(join(stage.folder, 'received'))).filter(name => name.endsWith('.jsonl'))
    expect(verifyAudit(await readFile(join(stage.folder, 'received', log)))).toMatchObject({ verdict: 'intact', ended: true })

    // Once more, and the end by closing the window.
    await companion.press(companion.button('Another PIN'))
    await page.getByRole('heading', { name: 'Type the PIN' }).waitFor()
    expect(companion.complaints).toEqual([])
    await page.close()
    expect(await companion.exit()).toBe(0)
    expect(existsSync(companion.profile)).toBe(false)
  })

  test('stops by keys that an agent cannot spoil, and by the bar, which stays on top', async () => {
    const { person } = stage
    const agent = await newAgent(stage)
    const joined = agent.customer()
    await using companion = await stage.startCompanion(agent.customerUrl)
    const { page } = companion
    await companion.press(companion.toggle('Use your mouse and keyboard'))
    await companion.press(companion.button('Start'))
    const session = await joined
    await control(session)
    await page.getByText('Ctrl+Alt+End stops everything, wherever you are.').waitFor()
    const ended = new Promise<AssistError>(resolve => session.on('ended', resolve))
    await unheld(session)
    using display = await ears(stage)
    session.input.down('ShiftLeft')
    session.input.down('KeyA')
    await display.until(heard => heard.filter(({ type }) => type === DOWN).length === 2)
    await person.keys(...CTRL_ALT_END)
    expect((await ended).code).toBe('E_STOPPED')

    const other = await newAgent(stage)
    const again = other.customer()
    await companion.press(companion.button('Another PIN'))
    await page.getByRole('textbox', { name: 'PIN' }).fill(other.pin.grouped)
    await companion.press(companion.button('Continue'))
    await companion.press(companion.button('Start'))
    const next = await again
    const over = new Promise<AssistError>(resolve => next.on('ended', resolve))
    const stopAt = async () => (await person.row(IN_BAR)).indexOf(STOP_COLOUR)
    await expect.poll(stopAt, PATIENT).toBeGreaterThan(0)
    const uncover = await person.cover(2 * IN_BAR)
    await expect.poll(stopAt, PATIENT).toBeGreaterThan(0)
    await uncover()
    await person.click((await stopAt()) + 4, IN_BAR)
    expect((await over).code).toBe('E_STOPPED')
    await expect.poll(stopAt, PATIENT).toBe(-1)
  })

  test('ends the session when its window is closed: nobody sees a desktop whose owner cannot see who does', async () => {
    const agent = await newAgent(stage)
    const joined = agent.customer()
    await using companion = await stage.startCompanion(agent.customerUrl)
    await companion.page.getByRole('heading', { name: 'Ada would like to help you' }).waitFor()
    await companion.press(companion.button('Start'))
    const session = await joined
    const ended = new Promise<AssistError>(resolve => session.on('ended', resolve))
    await companion.page.getByText('Ada can see your screen').waitFor()
    await companion.page.close()
    expect((await ended).code).toBe('E_STOPPED')
    expect(await companion.exit()).toBe(0)
  })
})

/** What the agent draws is on the person's own screen; a click goes through it; it goes with its permission (RA-ANN-003, RA-ANN-007). */
async function showsOnTheScreen(companion: OpenCompanion, session: Session): Promise<void> {
  const { person } = stage
  const { page } = companion
  const right = session.screens.list.find(({ name }) => name === 'right')?.screenId ?? 0
  const pause = await companion.placeOf(companion.button('Pause'))
  const colour = () => person.colourAt(pause.x, pause.y)
  const { x, y } = { x: pause.x - RIGHT, y: pause.y }
  const before = await colour()
  session.annotations.draw(
    right,
    [
      { x: x - 40, y },
      { x: x + 40, y },
    ],
    { colour: 0x00a0f0, width: 20 },
  )
  await expect.poll(colour, PATIENT).toBe(0x00a0f0)
  await companion.press(companion.button('Pause'))
  await page.getByText('Paused: nobody sees or does anything').waitFor()
  await companion.press(companion.button('Continue'))
  await page.getByText('Paused: nobody sees or does anything').waitFor({ state: 'detached' })
  const draws = companion.toggle('Chat with you, point and draw')
  await companion.press(draws)
  await expect.poll(colour, PATIENT).not.toBe(0x00a0f0)
  expect(before).not.toBe(0x00a0f0)
  await expect.poll(() => draws.isChecked(), PATIENT).toBe(false)
  await companion.press(draws)
  await expect.poll(() => session.grants.includes(Permission.ANNOTATE), PATIENT).toBe(true)
  // It goes by itself after a second: who points goes on.
  const pointed = () => {
    session.annotations.point(right, { x: 20, y: 700 })
    return person.colourAt(RIGHT + 20, 700)
  }
  await expect.poll(pointed, PATIENT).toBe(0xff3b30)
  session.annotations.point(right, undefined)
  await expect.poll(() => person.colourAt(RIGHT + 20, 700), PATIENT).not.toBe(0xff3b30)
}

/** A question that opens releases what the agent holds down; while it is open nothing of what the agent does reaches the desktop. */
async function holdsInputWhileItAsks(companion: OpenCompanion, session: Session): Promise<void> {
  const { page } = companion
  await unheld(session)
  using display = await ears(stage)
  session.input.down('ShiftLeft')
  session.input.pointer.move(30, 40)
  await display.until(heard => heard.some(({ type, rootX, rootY }) => type === MOVED && rootX === RIGHT + 30 && rootY === 40))
  const pressed = display.heard.filter(({ type }) => type === DOWN).length
  expect(pressed).toBe(1)

  const more = session.ask([Permission.CLIPBOARD_FROM_CUSTOMER], 'to copy a number').catch(() => [])
  await page.getByRole('heading', { name: 'Ada asks for more' }).waitFor()
  await display.until(heard => heard.some(({ type }) => type === UP))
  expect(await companion.focused(page.getByRole('heading', { name: 'Ada asks for more' }))).toBe(true)
  await reachesNothing(stage, companion, session, companion.button('Start'))
  expect(await companion.barriers()).toEqual([])
  await companion.press(companion.button('Not now'))
  expect(await more).toEqual([])
  await page.getByRole('heading', { name: 'Ada asks for more' }).waitFor({ state: 'detached' })
}

/** Whether all of something is to be seen without scrolling. */
const isInSight = (element: { getBoundingClientRect(): { readonly top: number; readonly bottom: number } }): boolean => {
  const { top, bottom } = element.getBoundingClientRect()
  return top >= 0 && bottom <= (globalThis as unknown as { readonly innerHeight: number }).innerHeight
}

/** An agent in control that presses the window’s own switch gives itself nothing; the person does. */
async function heedsTheOwnHandAlone(companion: OpenCompanion, session: Session): Promise<void> {
  const { page } = companion
  const files = companion.toggle('Exchange files')
  const { x, y } = await companion.placeOf(files)
  const refused = page.getByText('The agent was using your mouse or keyboard just now.')
  // It is held off for a while after the person did something: it tries until it gets through.
  await expect
    .poll(async () => {
      session.input.pointer.click(x - RIGHT, y)
      return refused.isVisible()
    }, PATIENT)
    .toBe(true)
  // It may have clicked more often than it took: none of it comes between the person’s presses.
  await arrived(companion, session)
  expect(session.grants).not.toContain(Permission.FILES_TO_CUSTOMER)
  expect(await files.isChecked()).toBe(false)
  // The person’s own press counts as soon as the agent’s is long enough ago.
  const granted = () => session.grants.includes(Permission.FILES_TO_CUSTOMER)
  while (!granted()) {
    await companion.press(companion.button('Dismiss'))
    await refused.waitFor({ state: 'detached' })
    await companion.press(files)
    await expect.poll(async () => granted() || (await refused.isVisible()), PATIENT).toBe(true)
  }
  await companion.part('log-lines').getByText('Ada may: files').waitFor()
}

/** Chat both ways; a file that is offered is taken by a press, and it is said where it lies. */
async function talksAndTakesFiles(companion: OpenCompanion, session: Session): Promise<void> {
  const { page } = companion
  const heard = new Promise<string>(resolve => session.on('chat', ({ text }) => resolve(text)))
  await page.getByPlaceholder('Message to everybody').fill('It began this morning.')
  await companion.press(companion.button('Send'))
  expect(await heard).toBe('It began this morning.')

  const path = join(stage.folder, 'driver.txt')
  await writeFile(path, 'version 2')
  const sending = session.files.send([path])
  await page.getByText('Ada would like to send you driver.txt (9 B).').waitFor()
  expect(await companion.focused(companion.part('file-offer'))).toBe(true)
  expect(await companion.part('file-offer').evaluate(isInSight)).toBe(true)
  expect(await companion.barriers()).toEqual([])
  await companion.press(companion.button('Take it'))
  await expect.poll(() => companion.focused(companion.part('presence')), PATIENT).toBe(true)
  expect((await sending.done).arrived).toEqual(['driver.txt'])
  const folder = join(stage.folder, 'received')
  await page.getByText(`Received files are in ${folder}.`).waitFor()
  expect(await readFile(join(folder, 'driver.txt'), 'utf8')).toBe('version 2')

  const offered = new Promise<readonly string[]>(resolve => session.on('file', async offer => resolve((await offer.accept().done).arrived)))
  const chooser = page.waitForEvent('filechooser')
  await companion.press(companion.button('Send files …'))
  await (await chooser).setFiles({ name: 'report.txt', mimeType: 'text/plain', buffer: Buffer.from('All is well.') })
  expect(await offered).toEqual(['report.txt'])
  expect(await readFile(join(stage.folder, 'report.txt'), 'utf8')).toBe('All is well.')
}
