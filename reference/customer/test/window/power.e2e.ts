/** What the companion asks for beside consent: administrator powers, the password that gives them, and a restart. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { tryWorld, type World } from '../hosts/linux/world.js'
import { describeWith, notRun } from '../hosts/needs.js'
import { X_PROGRAMS } from '../hosts/x-server.js'
import { control, newAgent, reachesNothing } from './agent.js'
import { type OpenCompanion, PATIENT, Stage } from './stage.js'

const PROGRAMS = [...X_PROGRAMS, 'chromium', 'xsetroot']
const NAME = 'the password of the person’s own account'
const world = await tryWorld()

/** Presses yes as soon as it counts. */
async function agree(companion: OpenCompanion, yes: string): Promise<void> {
  const button = companion.button(yes)
  await expect.poll(() => button.getAttribute('aria-disabled'), PATIENT).toBe(null)
  await companion.press(button)
}

describeWith(PROGRAMS, 'questions for more, in German', () => {
  let stage: Stage
  beforeAll(async () => {
    stage = await Stage.set({ language: 'de' })
  })
  afterAll(() => stage?.[Symbol.asyncDispose]())

  async function sharing(...args: readonly string[]) {
    const agent = await newAgent(stage)
    const joined = agent.customer()
    const companion = await stage.startCompanion(agent.customerUrl, ...args)
    await companion.page.getByRole('heading', { name: 'Ada möchte Ihnen helfen' }).waitFor()
    await companion.press(companion.toggle('Ihre Maus und Tastatur benutzen'))
    await companion.press(companion.toggle('Um Administratorrechte bitten'))
    await companion.press(companion.button('Starten'))
    return { agent, companion, page: companion.page, session: await joined }
  }

  test('a restart: nobody but the person answers, Esc is a no, and a yes can be taken back (RA-SES-163)', async () => {
    const { agent, companion: opened, page, session } = await sharing()
    await using companion = opened
    expect([await page.title(), await page.locator('html').getAttribute('lang')]).toEqual(['Fernhilfe', 'de'])
    await control(session)
    const ask = () => agent.requestRejoin({ reason: 'Ein Treiber wurde installiert' })
    const heading = page.getByRole('heading', { name: 'Ada möchte diesen Computer neu starten' })
    const waiting = () => (existsSync(join(stage.settings, 'autostart')) ? readdirSync(join(stage.settings, 'autostart')) : [])

    const refused = expect(ask()).rejects.toMatchObject({ code: 'E_DENIED' })
    await heading.waitFor()
    await page.getByText('Ein Treiber wurde installiert', { exact: true }).waitFor()
    expect(await companion.focused(heading)).toBe(true)
    expect(await companion.button('Erlauben').getAttribute('aria-disabled')).toBe('true')
    await reachesNothing(stage, companion, session, companion.button('Erlauben'))
    await page.keyboard.press('Escape')
    await refused
    await heading.waitFor({ state: 'detached' })
    expect(waiting()).toEqual([])

    const agreed = ask()
    await agree(companion, 'Erlauben')
    await agreed
    expect(waiting()).toEqual(['remote-assist-rejoin.desktop'])
    await page.getByText('Dieser Computer darf neu gestartet werden').waitFor()
    await companion.press(companion.button('Kein Rückweg'))
    await companion.part('rejoin').waitFor({ state: 'detached' })
    await expect.poll(waiting, PATIENT).toEqual([])
    expect(companion.complaints).toEqual([])
  })

  test('administrator powers: above all else, and a yes counts when it could be read (RA-ELV-004)', async () => {
    const { companion: opened, page, session } = await sharing('--host', 'virtual')
    await using companion = opened
    await session.control.request()
    const elevating = session.elevate({ reason: 'den Druckertreiber erneuern', minutes: 10 })
    const heading = page.getByRole('heading', { name: 'Ada bittet um Administratorrechte, für 10 min' })
    await heading.waitFor()
    await page.getByText('den Druckertreiber erneuern', { exact: true }).waitFor()
    expect(await companion.button('Erlauben').getAttribute('aria-disabled')).toBe('true')
    // The made-up desktop shows its own prompt next: nothing is to be seen of it meanwhile.
    const prompted = new Promise<boolean>(resolve => session.on('secure-desktop', ({ active }) => resolve(active)))
    await agree(companion, 'Erlauben')
    expect(await prompted).toBe(true)
    await heading.waitFor({ state: 'detached' })
    session.dropElevation()
    await expect(elevating).rejects.toThrow()
  })
})

if (typeof world === 'string') notRun(NAME, world)
else describeWith(PROGRAMS, NAME, () => passwordIn(world))

function passwordIn(world: World): void {
  let stage: Stage
  beforeAll(async () => {
    stage = await Stage.set({ account: { launcher: world.as('customer'), home: '/mnt' } })
  })
  afterAll(async () => {
    await stage?.[Symbol.asyncDispose]()
    await world[Symbol.asyncDispose]()
  })

  test('is typed into the window, by nobody but the person; none is needed to say no, and a wrong one is said to be wrong (RA-ELV-004)', async () => {
    const agent = await newAgent(stage)
    const joined = agent.customer()
    await using companion = await stage.startCompanion(agent.customerUrl)
    const { page } = companion
    await companion.press(companion.toggle('Use your mouse and keyboard'))
    await companion.press(companion.toggle('Ask for administrator powers'))
    await companion.press(companion.button('Start'))
    const session = await joined
    await control(session)
    const elevate = () => session.elevate({ reason: 'update the printer driver', minutes: 5 })
    const helpers = () => [...world.processes().values()].filter(line => /\/helper\/|^su(do)? /.test(line))
    const heading = page.getByRole('heading', { name: 'Your password on this computer' })
    const field = page.getByLabel('Password', { exact: true })

    const declined = expect(elevate()).rejects.toMatchObject({ code: 'E_ELEVATION', cause: 'OS_DECLINED' })
    await page.getByRole('heading', { name: 'Ada asks for administrator powers, for 5 min' }).waitFor()
    await agree(companion, 'Allow')
    await heading.waitFor()
    expect(await companion.focused(field)).toBe(true)
    expect(await companion.barriers()).toEqual([])
    await page.keyboard.press('Enter')
    await reachesNothing(stage, companion, session, companion.button('Allow'))
    expect(await field.inputValue()).toBe('')
    expect(helpers()).toEqual([])
    await page.keyboard.press('Escape')
    await declined
    await heading.waitFor({ state: 'detached' })

    const asked = elevate()
    await agree(companion, 'Allow')
    await heading.waitFor()
    await page.keyboard.type('a guess')
    await page.keyboard.press('Enter')
    await page.getByText('That password is not right. 2 tries are left.').waitFor()
    expect([await field.inputValue(), await companion.focused(field)]).toEqual(['', true])
    await page.keyboard.type(world.login('customer').password)
    await companion.press(companion.button('Allow'))
    const powers = await asked
    const { stdout } = await powers.run(['id', '-u'])
    expect(Buffer.from(stdout).toString()).toBe('0\n')
    await heading.waitFor({ state: 'detached' })
    powers.drop()
    await powers.ended
    expect(companion.complaints).toEqual([])
  })
}
