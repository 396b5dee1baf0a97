import { type Capture, helperAuthority, type Image } from '@remote-assist/peer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { colourAt } from '../../src/host-compliance/support.js'
import { type VirtualHost, virtualHost } from '../../src/hosts/index.js'

type Step = (host: ReturnType<typeof virtualHost>) => unknown

const place = fc.tuple(fc.constantFrom(1, 2), fc.integer({ min: 0, max: 700 }), fc.integer({ min: 0, max: 520 }))
const key = fc.integer({ min: 0x04, max: 0x58 })

/** Anything that may happen on a desktop. */
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.string({ maxLength: 12 }).map(
    (text): Step =>
      host =>
        host.input.text(text),
  ),
  fc.tuple(key, fc.boolean()).map(
    ([usage, down]): Step =>
      host =>
        host.input.key(usage, down),
  ),
  fc.tuple(fc.constantFrom(0xe0, 0xe1, 0xe3), fc.boolean()).map(
    ([usage, down]): Step =>
      host =>
        host.input.key(usage, down),
  ),
  place.map(
    ([screen, x, y]): Step =>
      host =>
        host.input.move(screen, x, y),
  ),
  place.map(
    ([screen, x, y]): Step =>
      host =>
        host.desktop.click(screen, x, y),
  ),
  fc.boolean().map(
    (down): Step =>
      host =>
        host.input.button(0, down),
  ),
  fc.integer({ min: -400, max: 400 }).map(
    (delta): Step =>
      host =>
        host.input.wheel(0, delta),
  ),
  fc.nat({ max: 100 }).map(
    (seconds): Step =>
      host =>
        host.desktop.tick(seconds),
  ),
  fc.constant<Step>(host => host.desktop.rotateScreen(2, 90)),
)

const options = {
  screens: [
    { width: 720, height: 540 },
    { width: 400, height: 300 },
  ],
}

async function pictures(host: ReturnType<typeof virtualHost>): Promise<Image[]> {
  const captures = await Promise.all(host.screens.list().map(({ id }) => host.screens.capture(id, () => {})))
  return Promise.all(captures.map(async capture => (await capture.grab()).image))
}

describe('virtual host', () => {
  it('what was brought up to date by damage looks like what is drawn anew, and the same steps give the same pixels', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(step, fc.boolean()), { maxLength: 25 }), async steps => {
        const host = virtualHost(options)
        const twin = virtualHost(options)
        const kept: Capture[] = await Promise.all(host.screens.list().map(({ id }) => host.screens.capture(id, () => {})))
        for (const [act, look] of steps) {
          await act(host)
          await act(twin)
          if (look) for (const capture of kept) await capture.grab()
        }
        const updated = await Promise.all(kept.map(async capture => (await capture.grab()).image))
        const expected = updated.map(image => Buffer.from(image.data))
        for (const others of [await pictures(host), await pictures(twin)]) expect(others.every((image, i) => expected[i]?.equals(image.data))).toBe(true)
      }),
      { numRuns: 40 },
    )
  })

  it('shows what is selected', async () => {
    const host = virtualHost({ text: 'select me' })
    const capture = await host.screens.capture(1, () => {})
    const before = Buffer.from((await capture.grab()).image.data)
    await host.input.key(0xe1, true)
    await host.input.key(0x4a, true)
    const { image, damage } = await capture.grab()
    const { x, y } = host.desktop.place('field')
    const colour = (data: Uint8Array) => colourAt({ ...image, data }, x + 17, y + 13)
    expect([colour(before), colour(image.data)]).toEqual([0xffffff, 0xb9d2ff])
    expect(damage.length).toBeGreaterThan(0)
  })

  it('damaged is called exactly when there is something to see', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 15 }), async steps => {
        const host = virtualHost(options)
        let calls = 0
        const capture = await host.screens.capture(1, () => calls++)
        await capture.grab()
        for (const act of steps) {
          calls = 0
          await act(host)
          const { damage } = await capture.grab()
          expect(calls).toBe(damage.length > 0 ? 1 : 0)
        }
      }),
      { numRuns: 40 },
    )
  })

  it('what is typed by hand stands in the field, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), text => {
        const { desktop } = virtualHost()
        desktop.type(text)
        expect(desktop.text).toBe(text.replace(/\r\n?/g, '\n'))
        expect(desktop.pressedKeys()).toEqual([])
      }),
    )
  })

  it('copies, cuts and pastes by the usual keys', async () => {
    const { desktop, input, clipboard } = virtualHost({ text: 'some text' })
    const changes: unknown[] = []
    clipboard.onChange(formats => changes.push(formats))
    const chord = async (usage: number) => {
      await input.key(0xe0, true)
      await input.key(usage, true)
      await input.key(usage, false)
      await input.key(0xe0, false)
    }
    await chord(0x04)
    await chord(0x06)
    expect(desktop.readClipboard()).toBe('some text')
    await chord(0x1b)
    expect(desktop.text).toBe('')
    await chord(0x19)
    await chord(0x19)
    expect(desktop.text).toBe('some textsome text')
    expect(changes).toEqual([[{ mime: 'text/plain', bytes: 9 }], [{ mime: 'text/plain', bytes: 9 }]])
    await clipboard.write([{ mime: 'text/plain', data: new TextEncoder().encode(' from far') }])
    await chord(0x19)
    expect(desktop.text).toBe('some textsome text from far')
  })

  it('opens its menu by Ctrl+Esc and by the system key, presses buttons, drags the window', async () => {
    const { desktop, input } = virtualHost()
    await input.key(0xe0, true)
    await input.key(0x29, true)
    expect(desktop.startMenuOpen).toBe(true)
    await input.key(0x29, false)
    await input.key(0xe0, false)
    await input.key(0xe3, true)
    await input.key(0xe3, false)
    expect(desktop.startMenuOpen).toBe(false)
    const print = desktop.place('print')
    await input.move(1, print.x + 9, print.y + 9)
    for (const down of [true, false, true, false]) await input.button(0, down)
    expect(desktop.testPages).toBe(2)
    const title = desktop.place('titleBar')
    await input.move(1, title.x + 50, title.y + 10)
    await input.button(0, true)
    await input.move(1, title.x + 150, title.y + 40)
    await input.button(0, false)
    expect(desktop.place('titleBar')).toMatchObject({ x: title.x + 100, y: title.y + 30 })
  })

  it('scrolls with the wheel, three lines a notch, and not beyond the ends (RA-INP-034)', async () => {
    const host = virtualHost({ text: 'line\n'.repeat(60) })
    const field = host.desktop.place('field')
    await host.input.move(1, field.x + 5, field.y + 5)
    await host.input.wheel(0, 120)
    expect(host.desktop.firstLine).toBe(3)
    await host.input.wheel(0, 40)
    expect(host.desktop.firstLine).toBe(4)
    await host.input.wheel(0, 30)
    await host.input.wheel(0, 50)
    expect(host.desktop.firstLine).toBe(6)
    await host.input.wheel(0, -100_000)
    expect(host.desktop.firstLine).toBe(0)
  })

  it('adds, resizes and turns screens; the primary one is always there (RA-SCR-003, RA-SCR-004)', () => {
    const { desktop, screens } = virtualHost()
    const seen: (readonly number[])[] = []
    screens.onChange(list => {
      seen.push(list.map(({ id }) => id))
      expect(list.filter(({ primary }) => primary)).toHaveLength(1)
    })
    const id = desktop.addScreen({ width: 800, height: 600 })
    desktop.rotateScreen(id, 270)
    expect(screens.list().at(-1)).toMatchObject({ id, x: 2304, width: 600, height: 800, rotation: 270, primary: false })
    desktop.removeScreen(1)
    desktop.removeScreen(2)
    desktop.resizeScreen(id, { width: 1920, height: 1080 })
    expect(screens.list()).toMatchObject([{ id, x: 0, width: 1920, primary: true }])
    expect(() => desktop.removeScreen(id)).toThrow(RangeError)
    expect(seen).toEqual([[1, 2, id], [1, 2, id], [2, id], [id], [id]])
  })
})

describe('virtual host, elevation', () => {
  const request = { scope: 'admin' as const, durationMs: 900_000, authority: helperAuthority(), signal: new AbortController().signal, progress() {} }
  const confirmed = async (host: VirtualHost) => {
    const started = host.elevation?.start(request) ?? Promise.reject(new Error('It cannot elevate.'))
    host.desktop.answerUac('yes')
    return started
  }
  const run = { signal: request.signal, output: async () => {} }

  it('masks every screen while the prompt is open, and injected keys do not reach it', async () => {
    const host = virtualHost({ os: 'windows' })
    const started = host.elevation?.start(request)
    expect(host.desktop.cover).toBe('prompt')
    for (const image of await pictures(host))
      for (const [x, y] of [
        [0, 0],
        [200, 200],
        [image.width - 1, image.height - 1],
      ] as const)
        expect(colourAt(image, x, y)).toBe(0x2b3240)
    await host.input.key(0x04, true)
    await host.input.text('secret')
    expect(host.desktop.text).toBe('')
    host.desktop.answerUac('yes')
    await (await started)?.drop()
    expect(host.desktop.cover).toBe('none')
    expect(() => host.desktop.answerUac('yes')).toThrow(RangeError)
  })

  it('runs commands as the account that it was given to, or as another one', async () => {
    const host = virtualHost({ accounts: [{ user: 'root', password: 'tulip', administrator: true }] })
    const elevated = await confirmed(host)
    const output: string[] = []
    await elevated.run(['whoami'], { ...run, output: async (_, data) => void output.push(Buffer.from(data).toString()) })
    await elevated.run(['whoami'], { ...run, as: 'system', output: async (_, data) => void output.push(Buffer.from(data).toString()) })
    expect(output).toEqual(['desk\\root\r\n', 'desk\\system\r\n'])
    expect(await elevated.run(['exit', '3'], run)).toEqual({ exitCode: 3 })
    expect(await elevated.run(['no-such-thing'], run)).toEqual({ exitCode: 9009 })
  })

  it('shows the security screen on Ctrl+Alt+Del, which Escape closes', async () => {
    const host = virtualHost()
    const elevated = await confirmed(host)
    await elevated.sendSecureKeys('ctrl+alt+delete')
    expect(host.desktop.cover).toBe('security')
    await host.input.key(0x29, true)
    expect(host.desktop.cover).toBe('none')
  })

  it('shows the log-in screen when users are switched, and whoever is chosen there finds their own desktop', async () => {
    const host = virtualHost({ text: 'mine' })
    const { desktop } = host
    const elevated = await confirmed(host)
    await elevated.switchUser?.()
    expect(desktop.cover).toBe('log-in')
    await host.input.text('to nobody')
    const choose = async (user: string) => {
      const { screenId, x, y } = desktop.logInPlace(user)
      await host.input.move(screenId, x + 5, y + 5)
      await host.input.button(0, true)
      await host.input.button(0, false)
    }
    await choose('guest')
    expect([desktop.cover, desktop.user, desktop.text, desktop.isElevated]).toEqual(['none', 'guest', '', true])
    await host.input.text('theirs')
    await elevated.switchUser?.()
    await choose('customer')
    expect([desktop.user, desktop.text]).toEqual(['customer', 'mine'])
    await elevated.switchUser?.()
    await choose('guest')
    expect(desktop.text).toBe('theirs')
    expect(() => desktop.logInPlace('nobody')).toThrow(RangeError)
  })

  it('keeps to a policy that forbids Ctrl+Alt+Del by software, or to switch users, however elevated somebody is', async () => {
    const host = virtualHost({ forbids: ['secure-keys', 'switch-user'] })
    const elevated = await confirmed(host)
    expect(await elevated.sendSecureKeys('ctrl+alt+delete')).toBe('policy-blocked')
    await expect(elevated.switchUser?.()).rejects.toMatchObject({ code: 'E_NOT_PERMITTED' })
    expect(host.desktop.cover).toBe('none')
  })

  it('lets a command wait for the desktop’s clock alone', async () => {
    const host = virtualHost()
    const elevated = await confirmed(host)
    const sleeping = elevated.run(['sleep', '10'], run)
    host.desktop.tick(10)
    expect(await sleeping).toEqual({ exitCode: 0 })
  })

  it('tells when the helper ends by itself, and ends it when the host is closed', async () => {
    const host = virtualHost()
    const elevated = await confirmed(host)
    host.desktop.endHelper('crashed')
    expect(await elevated.ended).toBe('crashed')
    const again = await confirmed(host)
    const endless = again.run(['sleep', '1000'], run)
    await host.close()
    expect(await endless).toEqual({ exitCode: undefined, signal: 'SIGTERM' })
  })

  it('is not there on a Linux', () => {
    expect(virtualHost({ os: 'linux' }).elevation).toBeUndefined()
  })
})
