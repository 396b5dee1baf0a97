import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type RunningBroker, silentLog, startBroker } from '@remote-assist/broker'
import { LANGUAGES } from '@remote-assist/ui'
import axe, { type AxeResults } from 'axe-core'
import { type Browser, chromium, type Locator, type Page } from 'playwright-core'
import { expect } from 'vitest'
import { XConnection } from '../../src/hosts/x11/connection.js'
import { Device } from '../../src/hosts/x11/recorder.js'
import type { TestExtension } from '../../src/hosts/x11/wire.js'
import { XServer } from '../hosts/x-server.js'

const PROGRAM = fileURLToPath(new URL('../../dist/main.js', import.meta.url))
/** How long something may take on a loaded machine. */
export const PATIENT = { timeout: 20_000 }
/** Of the display, in pixels. */
const HEIGHT = 860
const Z_PIXMAP = 2

/** What the window is called, in English and in German. */
const TITLES: readonly string[] = [...LANGUAGES.values()].map(({ product }) => product)

/** How the person has this computer. */
interface Setting {
  /** What the person reads, as BCP 47 has it. Default English. */
  readonly language?: string
  /** What starts programs as the person's account, and its home. Default: the account that the tests have. */
  readonly account?: { readonly launcher: readonly string[]; readonly home: string }
}

type Axe = { readonly axe: { run(options?: object): Promise<AxeResults> } }

/** A real display with a person in front of it, and a broker. */
export class Stage implements AsyncDisposable {
  private constructor(
    readonly server: XServer,
    readonly broker: RunningBroker,
    readonly folder: string,
    readonly person: Person,
    private readonly setting: Setting,
  ) {}

  static async set(setting: Setting = {}): Promise<Stage> {
    const server = await XServer.start(HEIGHT)
    await server.run('xsetroot', '-solid', '#35506b')
    const folder = await mkdtemp(join(tmpdir(), 'remote-assist-companion-'))
    // Another account puts its files there, too.
    await chmod(folder, 0o777)
    return new Stage(server, await startBroker({ log: silentLog(), joinsPerMinute: 0 }), folder, await Person.at(server.display), setting)
  }

  /** Where the programs of the person keep their settings. */
  get settings(): string {
    return join(this.folder, 'config')
  }

  /** Starts the companion as a person does, and looks over their shoulder. */
  async startCompanion(...args: readonly string[]): Promise<OpenCompanion> {
    const { server, broker, folder, settings } = this
    const { language = 'en', account } = this.setting
    const profile = join(folder, 'profile')
    await rm(profile, { force: true })
    // The browser that the companion starts, with what it needs here, and a way to look into it.
    const browser = join(folder, 'browser')
    const flags = '--no-sandbox --disable-gpu --force-color-profile=srgb --remote-debugging-port=0 --window-position=700,0'
    await writeFile(
      browser,
      `#!/bin/sh
for a in "$@"; do case $a in --user-data-dir=*) p=\${a#*=};; esac; done
mkdir "$p/Default"
echo '{"intl":{"accept_languages":"${language}","selected_languages":"${language}"}}' > "$p/Default/Preferences"
echo "$p" > '${profile}.new'
mv '${profile}.new' '${profile}'
exec chromium ${flags} "$@"
`,
    )
    await chmod(browser, 0o755)
    const given = ['--window', '--browser', browser, '--broker', broker.url, '--host', `x11${server.display}`, '--downloads', join(folder, 'received')]
    const [program = '', ...before] = [...(account?.launcher ?? []), process.execPath]
    const env = { ...server.env, XDG_CONFIG_HOME: settings, ...(account === undefined ? {} : { HOME: account.home }) }
    const child = spawn(program, [...before, PROGRAM, ...given, '--name', 'Eva', ...args], { env, stdio: ['ignore', 'ignore', 'inherit'] })
    const used = await untilRead(profile)
    const [port] = (await untilRead(join(used.trim(), 'DevToolsActivePort'))).split('\n')
    const devtools = `http://127.0.0.1:${port}`
    await untilShown(devtools)
    const eyes = await chromium.connectOverCDP(devtools)
    const page = eyes.contexts()[0]?.pages()[0]
    if (page === undefined) throw new Error('There is no window.')
    page.setDefaultTimeout(PATIENT.timeout)
    return new OpenCompanion(child, eyes, page, used.trim(), this.person)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.person.leave()
    await this.broker.close()
    await this.server[Symbol.asyncDispose]()
    await rm(this.folder, { recursive: true, force: true })
  }
}

/** The companion, started, with its window. */
export class OpenCompanion implements AsyncDisposable {
  readonly complaints: string[] = []
  readonly #exit: Promise<unknown>

  constructor(
    readonly process: ChildProcess,
    private readonly eyes: Browser,
    readonly page: Page,
    readonly profile: string,
    private readonly person: Person,
  ) {
    this.#exit = once(process, 'exit')
    page.on('console', message => message.type() === 'error' && this.complaints.push(message.text()))
    page.on('pageerror', error => this.complaints.push(error.message))
  }

  /** A part of the window. */
  part(name: string): Locator {
    return this.page.locator(`[part~=${name}]`)
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true })
  }

  toggle(name: string): Locator {
    return this.page.getByRole('switch', { name })
  }

  /** Where the middle of something is on the display. */
  async placeOf(what: Locator): Promise<{ readonly x: number; readonly y: number }> {
    await what.scrollIntoViewIfNeeded()
    const box = await what.boundingBox()
    if (box === null) throw new Error('It is not to be seen.')
    const [left, top] = await this.page.evaluate(() => {
      const { screenX, screenY, outerHeight, innerHeight } = globalThis as unknown as Readonly<Record<string, number>>
      return [screenX as number, (screenY as number) + (outerHeight as number) - (innerHeight as number)] as const
    })
    return { x: Math.round(left + box.x + box.width / 2), y: Math.round(top + box.y + box.height / 2) }
  }

  /** The person presses something, with a mouse. */
  async press(what: Locator): Promise<void> {
    await what.waitFor()
    const { x, y } = await this.placeOf(what)
    await this.person.click(x, y)
  }

  /** Whether something has the focus. */
  focused(what: Locator): Promise<boolean> {
    return what.evaluate(element => (element.getRootNode() as unknown as { readonly activeElement: unknown }).activeElement === element)
  }

  /** What keeps people out of the window, as it is now. */
  barriers(): Promise<readonly string[]> {
    return barriersOf(this.page)
  }

  /** Resolves to the exit code when the program has ended. */
  async exit(): Promise<number | null> {
    await this.#exit
    return this.process.exitCode
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Who closes the window ends the program, whatever started it.
    await this.page.close()
    await this.eyes.close()
    this.process.kill('SIGTERM')
    await this.#exit
  }
}

/** Somebody in front of a display, whose hand is XTEST on a connection of its own. */
export class Person {
  private constructor(
    private readonly connection: XConnection,
    private readonly xtest: TestExtension,
  ) {}

  static async at(display: string): Promise<Person> {
    const connection = await XConnection.open(display)
    const xtest = await connection.extension<TestExtension>('xtest')
    if (xtest === undefined) throw new Error('The display has no XTEST.')
    return new Person(connection, xtest)
  }

  async click(x: number, y: number): Promise<void> {
    this.#fake(Device.motion, 0, x, y)
    this.#fake(Device.buttonPress, 1)
    this.#fake(Device.buttonRelease, 1)
    await this.connection.sync()
  }

  /** Presses keys together, and lets go of them. */
  async keys(...keycodes: readonly number[]): Promise<void> {
    for (const keycode of keycodes) this.#fake(Device.keyPress, keycode)
    for (const keycode of [...keycodes].reverse()) this.#fake(Device.keyRelease, keycode)
    await this.connection.sync()
  }

  /** The colour that is to be seen at a place. */
  async colourAt(x: number, y: number): Promise<number> {
    return (await this.row(y))[x] ?? 0
  }

  /** The colours of a row of the display. */
  async row(y: number): Promise<readonly number[]> {
    const { x, root, display } = this.connection
    const width = display.screen[0]?.pixel_width ?? 0
    const { data } = await this.connection.request<{ readonly data: Buffer }>(done => x.GetImage(Z_PIXMAP, root, 0, y, width, 1, 0xffffffff, done))
    return Array.from({ length: width }, (_, i) => data.readUInt32LE(4 * i) & 0xffffff)
  }

  /** Puts a window in front of everything at the top of the display; it goes by calling what is returned. */
  async cover(height: number): Promise<() => Promise<void>> {
    const { x, root, display } = this.connection
    const window = x.AllocID()
    x.CreateWindow(window, root, 0, 0, display.screen[0]?.pixel_width ?? 0, height, 0, 0, 1, 0, { overrideRedirect: true, backgroundPixel: 0x00ff00 })
    x.MapWindow(window)
    await this.connection.sync()
    return async () => {
      x.DestroyWindow(window)
      await this.connection.sync()
    }
  }

  leave(): void {
    this.connection.close()
  }

  #fake(type: number, detail: number, x = 0, y = 0): void {
    this.xtest.FakeInput(type, detail, 0, this.connection.root, x, y)
  }
}

/** What keeps people out of a page, as it is now: WCAG 2.2 AA and good practice; in dark the contrast alone, as nothing else differs. */
export async function barriersOf(page: Page): Promise<readonly string[]> {
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
  await page.evaluate(axe.source)
  // The one rule of WCAG 2.2 AA that axe leaves out unless it is asked for.
  const rules = { 'target-size': { enabled: true } }
  const light = await page.evaluate(options => (globalThis as unknown as Axe).axe.run(options), { rules })
  await page.emulateMedia({ colorScheme: 'dark' })
  const dark = await page.evaluate(() => (globalThis as unknown as Axe).axe.run({ runOnly: ['color-contrast'] }))
  await page.emulateMedia({ colorScheme: 'light' })
  return [...light.violations, ...dark.violations].flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary ?? ''}`),
  )
}

/**
 * The browser tells its address before it has a window, and the page's before it has the page. Who looks into it while it goes there may wait for what is gone
 * by then; a title is there once the page is.
 */
async function untilShown(devtools: string): Promise<void> {
  const shown = async () => {
    const targets = (await fetch(`${devtools}/json/list`).then(answer => answer.json())) as readonly { readonly type: string; readonly title: string }[]
    return targets.some(({ type, title }) => type === 'page' && TITLES.includes(title))
  }
  await expect.poll(shown, { ...PATIENT, interval: 50 }).toBe(true)
}

/** What a file says as soon as there is one that says something. */
async function untilRead(path: string): Promise<string> {
  const read = () => readFile(path, 'utf8').catch(() => '')
  await expect.poll(read, { ...PATIENT, interval: 50 }).not.toBe('')
  return read()
}
