import type { ScreenInfo } from '@remote-assist/peer'
import { expect, it, vi } from 'vitest'
import { chooseHost } from '../../src/choose-host.js'
import { colourAt, copyPixels, Seen } from '../../src/host-compliance/support.js'
import { x11Host } from '../../src/hosts/index.js'
import { XConnection } from '../../src/hosts/x11/connection.js'
import { pixelReader } from '../../src/hosts/x11/pixels.js'
import type { ShmExtension } from '../../src/hosts/x11/wire.js'
import { describeWith } from './needs.js'
import { X_PROGRAMS, XServer } from './x-server.js'
import { x11Setup } from './x-witness.js'

describeWith([...X_PROGRAMS, 'xwd', 'xmodmap', 'xdotool', 'xset', 'base64'], 'X11 host', () => {
  it.each([':6543', 'nonsense'])('says that there is no display at %s, and what to do', async display => {
    await expect(x11Host(display)).rejects.toMatchObject({
      name: 'HostError',
      code: 'E_NO_DISPLAY',
      message: `No X display at ${display}.`,
      hint: 'Start one, or use --host virtual.',
    })
  })

  it.each([
    ['XTEST and RECORD', ['-extension', 'RECORD']],
    ['RECORD', []],
  ])('offers no input without %s, since it could not give way to the person, and says so (RA-INP-011, RA-INP-012)', async (without, args) => {
    await using server = await XServer.start(480, ...args)
    const extension = XConnection.prototype.extension
    const lacking = vi.spyOn(XConnection.prototype, 'extension').mockImplementation(async function <T>(this: XConnection, name: string) {
      return without === 'RECORD' && name === 'record' ? undefined : extension.call<XConnection, [string], Promise<T | undefined>>(this, name)
    })
    const { host, sentence } = await chooseHost({ kind: 'x11', display: server.display }).finally(() => lacking.mockRestore())
    expect(host.input).toBeUndefined()
    expect(sentence).toContain('Agents can look, but neither point nor type: the display lacks the extension XTEST, or RECORD')
    expect(host.screens.list().map(({ name }) => name)).toEqual(['left', 'right'])
    await host.close()
  })

  it('may be closed by others as well while it closes', async () => {
    await using setup = await x11Setup()
    // Keys that were lent are given back, which takes a while.
    void setup.host.input?.text('漢字😀')
    let closing = true
    const closings = [
      setup.host.close().finally(() => {
        closing = false
      }),
    ]
    while (closing) {
      closings.push(setup.host.close())
      await new Promise(setImmediate)
    }
    await expect(Promise.all(closings)).resolves.toBeDefined()
  })

  it('reads the same pixels through shared memory and through the socket', async () => {
    await using setup = await x11Setup()
    const { host, server, witness } = setup
    const left = host.screens.list()[0]?.id ?? 0
    await witness.paint(left)
    const connection = await XConnection.open(server.display)
    const shm = await connection.extension<ShmExtension>('shm')
    const area = { x: 0, y: 0, width: 1280, height: 480 }
    const rects = [
      { x: 0, y: 0, width: 1280, height: 100 },
      { x: 13, y: 90, width: 700, height: 310 },
      { x: 0, y: 420, width: 1280, height: 60 },
    ]
    const pictures = await Promise.all(
      [shm, undefined].map(async extension => {
        const reader = await pixelReader(connection, extension, area.width * area.height)
        const bytes = new Uint8Array(area.width * area.height * 4)
        await reader.read(rects, { area, bytes })
        reader.close()
        return { kind: reader.kind, bytes }
      }),
    )
    expect(pictures.map(({ kind }) => kind)).toEqual(['shm', 'getimage'])
    expect(Buffer.compare(pictures[0]?.bytes ?? new Uint8Array(), pictures[1]?.bytes ?? new Uint8Array(1))).toBe(0)
    expect(pictures[0]?.bytes.some(byte => byte !== 0)).toBe(true)
    connection.close()
  })

  it('brings Num Lock and Caps Lock into their state, whoever turned them before: xset says so (RA-INP-022)', async () => {
    await using setup = await x11Setup()
    const { host, server } = setup
    const shown = async () => {
      const text = await server.run('xset', 'q')
      return { num: /Num Lock:\s+on/.test(text), caps: /Caps Lock:\s+on/.test(text) }
    }
    let local = 0
    host.input?.onLocalInput(() => local++)
    for (const on of [
      { num: true, caps: false },
      { num: true, caps: true },
      { num: false, caps: true },
      { num: false, caps: false },
    ]) {
      await host.input?.locks?.(on)
      expect(await shown()).toEqual(on)
    }
    expect(local).toBe(0)
    await server.run('xdotool', 'key', 'Caps_Lock')
    expect(await shown()).toEqual({ num: false, caps: true })
    await host.input?.locks?.({ num: true, caps: false })
    expect(await shown()).toEqual({ num: true, caps: false })
  })

  it('shows what an independent program sees: xwd has the same pixels', async () => {
    await using setup = await x11Setup()
    const { host, server, witness } = setup
    const left = host.screens.list()[0]?.id ?? 0
    const { x, y, colour } = await witness.paint(left)
    const capture = await host.screens.capture(left, () => {})
    const image = copyPixels((await capture.grab()).image)
    const dump = Buffer.from(await server.run('sh', '-c', 'xwd -silent -root | base64 -w0'), 'base64')
    // X window dump, version 7: header size, …, bytes a line at word 12, number of colours at word 19, then 12 bytes a colour, then the pixels.
    const pixels = dump.readUInt32BE(0) + dump.readUInt32BE(19 * 4) * 12
    const stride = dump.readUInt32BE(12 * 4)
    expect(colourAt(image, x, y)).toBe(colour)
    for (let row = 0; row < 480; row += 7)
      for (let column = 0; column < 640; column += 3) expect(colourAt(image, column, row)).toBe(dump.readUIntLE(pixels + row * stride + column * 4, 3))
  })

  it('tells when a monitor comes back, under the same id', async () => {
    await using setup = await x11Setup()
    const { host, server, witness } = setup
    const layouts = new Seen<readonly ScreenInfo[]>()
    host.screens.onChange(layouts.add)
    const before = host.screens.list()
    await witness.unplug()
    await layouts.until('one monitor', screens => screens.length === 1)
    layouts.all.length = 0
    await server.plugRight()
    expect(await layouts.until('two monitors', screens => screens.length === 2)).toEqual(before)
  })

  it('types more characters without keys than there are spare keys, and gives the keys back (RA-INP-023)', async () => {
    await using setup = await x11Setup()
    const { host, server, witness } = setup
    const keymap = () => server.run('xmodmap', '-pke')
    const before = await keymap()
    const text = Array.from({ length: 48 }, (_, i) => String.fromCodePoint(0x3b1 + (i % 24), 0x430 + (i % 30))).join('')
    await witness.focusText()
    await host.input?.text(text)
    await witness.received(text)
    await host.close()
    expect(await keymap()).toBe(before)
  })

  it('types two alphabets of one keyboard by their own keys, lends none, and leaves the layout that was chosen (RA-INP-023)', async () => {
    await using setup = await x11Setup()
    const { host, server, witness } = setup
    await server.run('setxkbmap', 'us,ru')
    const before = await server.run('xmodmap', '-pke')
    const text = 'Hello, мир! Ёлка & tree; щука: 100 %'
    for (const chosen of [0, 1]) {
      await server.chooseGroup(chosen)
      await witness.focusText()
      await host.input?.text(text)
      await witness.received(text)
      expect(await server.chosenGroup()).toBe(chosen)
      expect(await server.run('xmodmap', '-pke')).toBe(before)
    }
  })

  it('types on when the keyboard is changed in the middle, and lends its keys again', async () => {
    await using setup = await x11Setup()
    const { host, server, witness } = setup
    await witness.focusText()
    await host.input?.text('漢é')
    await witness.received('漢é')
    for (const layout of ['de', 'fr', 'us']) {
      await server.run('setxkbmap', layout)
      await witness.focusText()
      await host.input?.text('漢éz@')
      await witness.received('漢éz@')
    }
  })

  it('takes back what it lent, and nothing that another program made of those keys since', async () => {
    await using setup = await x11Setup()
    const { host, server, witness } = setup
    const text = Array.from({ length: 16 }, (_, i) => String.fromCodePoint(0x4e00 + i)).join('')
    await witness.focusText()
    await host.input?.text(text)
    await witness.received(text)
    await server.run('setxkbmap', 'jp')
    const japanese = await server.run('xmodmap', '-pke')
    const other = await x11Host(server.display)
    await other.close()
    await host.close()
    expect(await server.run('xmodmap', '-pke')).toBe(japanese)
  })

  it('types beside a key that is held and makes the same character, which is up afterwards', async () => {
    await using setup = await x11Setup()
    const { host, server, witness, terminal } = setup
    await server.run('xset', 'r', 'off')
    await witness.focusText()
    await host.input?.key(0x04, true)
    await host.input?.key(0xe1, true)
    await host.input?.text('banana')
    await terminal.until(text => text === 'abanana')
    await witness.holds([0xe1], [])
    await host.input?.key(0xe1, false)
  })

  it('rejects everything with E_HOST once the display is gone', async () => {
    const server = await XServer.start()
    const host = await x11Host(server.display)
    const capture = await host.screens.capture(host.screens.list()[0]?.id ?? 0, () => {})
    await capture.grab()
    await server[Symbol.asyncDispose]()
    const refused = expect.objectContaining({ name: 'HostError', code: 'E_HOST' })
    await expect(host.input?.move(host.screens.list()[0]?.id ?? 0, 1, 1)).rejects.toEqual(refused)
    await expect(capture.grab()).rejects.toEqual(refused)
    await expect(host.clipboard.write([])).rejects.toEqual(refused)
    await expect(host.input?.text('ü')).rejects.toEqual(refused)
    await host.close()
  })

  it('leaves a key alone that it did not press', async () => {
    await using setup = await x11Setup()
    const { host, server, witness } = setup
    await server.run('xdotool', 'keydown', 'Shift_L')
    await host.input?.key(0xe1, false)
    await witness.holds([0xe1], [])
    await server.run('xdotool', 'keyup', 'Shift_L')
  })

  it('refuses keys and buttons that X has not, with E_UNSUPPORTED', async () => {
    await using server = await XServer.start()
    const host = await x11Host(server.display)
    await expect(host.input?.key(0x01, true)).rejects.toMatchObject({ code: 'E_UNSUPPORTED' })
    await expect(host.input?.button(9, true)).rejects.toMatchObject({ code: 'E_UNSUPPORTED' })
    await host.close()
  })
})
