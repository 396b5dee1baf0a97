import assert from 'node:assert/strict'
import { once } from 'node:events'
import { isDeepStrictEqual } from 'node:util'
import type { Host } from '@remote-assist/peer'
import type { HostSetup, HostWitness } from '../../src/host-compliance/index.js'
import { evdevCode } from '../../src/hosts/hid.js'
import { type X11HostOptions, x11Host } from '../../src/hosts/index.js'
import { XConnection } from '../../src/hosts/x11/connection.js'
import { recordInput } from '../../src/hosts/x11/recorder.js'
import type { PointerState, TestExtension } from '../../src/hosts/x11/wire.js'
import { XOwner } from './x-owner.js'
import { type Terminal, XServer } from './x-server.js'

const MOTION = 6
const OVERRIDE_REDIRECT = { overrideRedirect: true }
const OFFSETS: Readonly<Record<string, number>> = { left: 0, right: 640 }
const USAGES = Array.from({ length: 256 }, (_, usage) => usage)

interface KeymapClient {
  QueryKeymap(done: (error: Error | null, keys: Buffer) => boolean): void
  UngrabKeyboard(time: number): void
}

/** The person in front of an X display: a client of its own that moves the mouse by XTEST, xterm, xclip and xrandr. */
export class XWitness implements HostWitness {
  #turns = 0
  #cover = 0

  constructor(
    private readonly server: XServer,
    private readonly host: Host,
    readonly human: XConnection,
    private readonly xtest: TestExtension,
    private readonly terminal: Terminal,
  ) {}

  async focusText(): Promise<void> {
    this.xtest.FakeInput(MOTION, 0, 0, this.human.root, 150, 150)
    await this.human.sync()
    await this.terminal.clear()
  }

  async received(text: string): Promise<void> {
    await this.terminal.until(typed => typed === text)
  }

  async pointerAt(screenId: number, x: number, y: number): Promise<void> {
    const { rootX, rootY } = await this.#pointer()
    assert.deepEqual([rootX, rootY], [this.#offset(screenId) + x, y], 'the pointer is elsewhere')
  }

  async holds(keys: readonly number[], buttons: readonly number[]): Promise<void> {
    assert.deepEqual(await this.#held(), { keys, buttons }, 'other keys or buttons are down')
  }

  /** Resolves when exactly these are down; looks whenever something was pressed or released. */
  async untilHeld(keys: readonly number[], buttons: readonly number[]): Promise<void> {
    let look = () => {}
    const recorder = await recordInput(this.server.display, () => look())
    try {
      for (;;) {
        const next = new Promise<void>(resolve => {
          look = resolve
        })
        const held = await this.#held()
        if (isDeepStrictEqual(held, { keys, buttons })) return
        await next
      }
    } finally {
      recorder?.stop()
    }
  }

  async paint(screenId: number) {
    const { x, root } = this.human
    const colour = Math.imul(++this.#turns, 0x2f6d31) & 0xffffff
    const window = x.AllocID()
    x.CreateWindow(window, root, this.#offset(screenId) + 30, 20, 40, 30, 0, 0, 1, 0, { ...OVERRIDE_REDIRECT, backgroundPixel: colour })
    x.MapWindow(window)
    await this.human.sync()
    return { x: 69, y: 49, colour }
  }

  /** Presses a key, by its usage, or a button, by its X number, and lets go; 4 and 5 are the wheel. */
  async press(what: 'key' | 'button', which: number): Promise<void> {
    const [down, up, detail] = what === 'key' ? [2, 3, (evdevCode(which) ?? -8) + 8] : [4, 5, which]
    for (const type of [down, up]) this.xtest.FakeInput(type, detail, 0, this.human.root, 0, 0)
    await this.human.sync()
  }

  async moveMouse(): Promise<void> {
    const place = 300 + (++this.#turns % 100)
    this.xtest.FakeInput(MOTION, 0, 0, this.human.root, place, place)
    await this.human.sync()
  }

  async copy(text: string): Promise<void> {
    await this.server.copy(text)
  }

  paste(): Promise<string> {
    return this.server.paste()
  }

  async copyAs(mime: string, data: Uint8Array): Promise<void> {
    const xclip = this.server.spawn('xclip', ['-selection', 'clipboard', '-in', '-target', mime])
    xclip.stdin?.end(data)
    await once(xclip, 'exit')
  }

  async pasteAs(mime: string): Promise<Uint8Array> {
    return Buffer.from(await this.server.run('sh', '-c', `xclip -selection clipboard -out -target ${mime} | base64 -w0`), 'base64')
  }

  async copySecret(text: string): Promise<void> {
    await XOwner.take(this.server.display, { UTF8_STRING: text, 'x-kde-passwordManagerHint': 'secret' })
  }

  async unplug(): Promise<number> {
    const right = this.host.screens.list().find(screen => screen.name === 'right')
    assert(right)
    await this.server.unplugRight()
    return right.id
  }

  /** As lockers do: takes the keyboard, and covers the display. */
  async lock(on: boolean): Promise<void> {
    if (on) {
      await this.takeKeyboard(true)
      this.cover()
    } else {
      await this.takeKeyboard(false)
      this.uncover()
    }
    await this.human.sync()
  }

  /** Takes all keys, as an open menu does, or gives them back. */
  async takeKeyboard(on: boolean): Promise<void> {
    const { x, root } = this.human
    if (on) assert.equal(await this.human.request<number>(done => x.GrabKeyboard(root, 0, 0, 1, 1, done)), 0, 'the keyboard is not to be had')
    else (x as unknown as KeymapClient).UngrabKeyboard(0)
  }

  /** Covers the whole display with a window that no window manager touches; returns it. */
  cover(): number {
    const { x, root, display } = this.human
    const [screen] = display.screen
    assert(screen)
    this.#cover = x.AllocID()
    x.CreateWindow(this.#cover, root, 0, 0, screen.pixel_width, screen.pixel_height, 0, 0, 1, 0, { ...OVERRIDE_REDIRECT, backgroundPixel: 0x202020 })
    x.MapWindow(this.#cover)
    return this.#cover
  }

  /** A connection of its own, which goes with the server. */
  another(): Promise<XConnection> {
    return XConnection.open(this.server.display)
  }

  uncover(): void {
    this.human.x.DestroyWindow(this.#cover)
  }

  async #held(): Promise<{ readonly keys: readonly number[]; readonly buttons: readonly number[] }> {
    const { x } = this.human
    const down = await this.human.request<Buffer>(done => (x as unknown as KeymapClient).QueryKeymap(done))
    const isDown = (keycode: number) => ((down[keycode >> 3] ?? 0) >> (keycode & 7)) & 1
    const { keyMask } = await this.#pointer()
    return {
      keys: USAGES.filter(usage => isDown((evdevCode(usage) ?? -8) + 8)),
      buttons: [0, 1, 2].filter(button => keyMask & (0x100 << button)),
    }
  }

  #pointer(): Promise<PointerState> {
    return this.human.request<PointerState>(done => this.human.x.QueryPointer(this.human.root, done))
  }

  #offset(screenId: number): number {
    const offset = OFFSETS[this.host.screens.list().find(screen => screen.id === screenId)?.name ?? '']
    assert(offset !== undefined, `screen ${screenId} is neither left nor right`)
    return offset
  }
}

/** A host on an X server, and who is in front of it. */
export interface XSetup extends HostSetup, AsyncDisposable {
  readonly server: XServer
  readonly witness: XWitness
  /** Where what is typed arrives. */
  readonly terminal: Terminal
}

/** An X server of its own, a host on it, and somebody in front of it. */
export async function x11Setup(options: X11HostOptions = {}): Promise<XSetup> {
  const server = await XServer.start()
  const terminal = await server.startTerminal()
  const human = await XConnection.open(server.display)
  const xtest = await human.extension<TestExtension>('xtest')
  assert(xtest)
  const host = await x11Host(server.display, options)
  const close = async () => {
    await host.close()
    human.close()
    await server[Symbol.asyncDispose]()
  }
  return { host, server, terminal, witness: new XWitness(server, host, human, xtest, terminal), close, [Symbol.asyncDispose]: close }
}
