import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { watch } from 'node:fs'
import { mkdtemp, readFile, rm, truncate } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { XConnection } from '../../src/hosts/x11/connection.js'
import { Xkb } from '../../src/hosts/x11/xkb.js'

const run = promisify(execFile)
const SUBSTRUCTURE_NOTIFY = 0x00080000
const PATIENCE_MS = 10_000

/** The programs that these helpers start. */
export const X_PROGRAMS = ['Xvfb', 'xterm', 'xclip', 'xrandr']

/** A private X server with two monitors, `left` and `right`, of 640×480 pixels each, or of another height. */
export class XServer implements AsyncDisposable {
  readonly #children: ChildProcess[]

  private constructor(
    readonly display: string,
    readonly folder: string,
    private readonly height: number,
    server: ChildProcess,
  ) {
    this.#children = [server]
    process.once('exit', this.#kill)
  }

  static async start(height = 480, ...more: readonly string[]): Promise<XServer> {
    const args = ['-displayfd', '3', '-screen', '0', `1280x${height}x24`, '-noreset', '-nolisten', 'tcp', ...more]
    const server = spawn('Xvfb', args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] })
    const [number] = await once(server.stdio[3] as NodeJS.ReadableStream, 'data')
    const xserver = new XServer(`:${String(number).trim()}`, await mkdtemp(join(tmpdir(), 'remote-assist-x-')), height, server)
    await xserver.run('xrandr', '--setmonitor', 'left', `640/170x${height}/127+0+0`, 'screen')
    await xserver.plugRight()
    return xserver
  }

  get env(): NodeJS.ProcessEnv {
    return { ...process.env, DISPLAY: this.display, LC_ALL: 'C.UTF-8' }
  }

  /** Runs a program to its end; returns what it wrote. */
  async run(program: string, ...args: string[]): Promise<string> {
    const { stdout } = await run(program, args, { env: this.env, maxBuffer: 16 * 2 ** 20 })
    return stdout
  }

  async plugRight(): Promise<void> {
    await this.run('xrandr', '--setmonitor', 'right', `640/170x${this.height}/127+640+0`, 'none')
  }

  async unplugRight(): Promise<void> {
    await this.run('xrandr', '--delmonitor', 'right')
  }

  /** Chooses one of several layouts, as the local user does. */
  async chooseGroup(group: number): Promise<void> {
    await this.#withXkb(async (xkb, connection) => {
      xkb.lock(0, 0, group)
      await connection.sync()
    })
  }

  /** Which of several layouts is chosen. */
  chosenGroup(): Promise<number> {
    return this.#withXkb(async xkb => (await xkb.state()).lockedGroup)
  }

  /** Starts a program that stays; it goes with the server. */
  spawn(program: string, args: readonly string[]): ChildProcess {
    const child = spawn(program, args, { env: this.env, stdio: ['pipe', 'ignore', 'ignore'] })
    this.#children.push(child)
    return child
  }

  /** An xterm on the left monitor that writes every byte typed into it to a file. Resolves when it is on the screen and listens. */
  async startTerminal(): Promise<Terminal> {
    const connection = await XConnection.open(this.display)
    connection.x.ChangeWindowAttributes(connection.root, { eventMask: SUBSTRUCTURE_NOTIFY })
    const mapped = new Promise<void>(resolve => connection.onEvent(event => event.name === 'MapNotify' && resolve()))
    await connection.sync()
    const file = join(this.folder, 'typed')
    const terminal = new Terminal(this.folder, file)
    this.spawn('xterm', ['-u8', '-xrm', 'XTerm*metaSendsEscape: true', '-geometry', '60x20+100+100', '-e', 'sh', '-c', `stty raw -echo; exec cat >> '${file}'`])
    await Promise.all([mapped, terminal.until(text => text !== undefined)])
    connection.close()
    return terminal
  }

  /** Puts a text on the clipboard by another program. */
  async copy(text: string): Promise<void> {
    const xclip = this.spawn('xclip', ['-selection', 'clipboard', '-in'])
    xclip.stdin?.end(text)
    await once(xclip, 'exit')
  }

  async paste(): Promise<string> {
    return this.run('xclip', '-selection', 'clipboard', '-out', '-target', 'UTF8_STRING')
  }

  async #withXkb<T>(act: (xkb: Xkb, connection: XConnection) => Promise<T>): Promise<T> {
    const connection = await XConnection.open(this.display)
    const xkb = await Xkb.open(connection)
    if (xkb === undefined) throw new Error('The display has no XKEYBOARD.')
    const result = await act(xkb, connection)
    connection.close()
    return result
  }

  readonly #kill = () => {
    for (const child of this.#children) child.kill()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    process.off('exit', this.#kill)
    for (const child of this.#children.reverse()) {
      if (child.exitCode !== null || child.signalCode !== null) continue
      const exited = once(child, 'exit')
      child.kill()
      await exited
    }
    await rm(this.folder, { recursive: true, force: true })
  }
}

/** What was typed into a terminal. */
export class Terminal {
  constructor(
    private readonly folder: string,
    private readonly file: string,
  ) {}

  async clear(): Promise<void> {
    await truncate(this.file)
  }

  /** Resolves with the text as soon as it is so; looks whenever the file changes. `undefined` is a file that is not there yet. */
  async until(isSo: (text: string | undefined) => boolean): Promise<string> {
    let changed = () => {}
    const watcher = watch(this.folder, () => changed())
    const patience = AbortSignal.timeout(PATIENCE_MS)
    patience.addEventListener('abort', () => changed())
    try {
      for (;;) {
        const change = new Promise<void>(resolve => {
          changed = resolve
        })
        const text = await this.#read()
        if (isSo(text)) return text ?? ''
        if (patience.aborted) throw new Error(`The terminal has taken ${JSON.stringify(text)}`)
        await change
      }
    } finally {
      watcher.close()
    }
  }

  async #read(): Promise<string | undefined> {
    return readFile(this.file, 'utf8').catch(() => undefined)
  }
}
