/** The small window: a browser without bars where there is one that can be, else the person's own browser. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

/** Browsers that show a page without bars, by `--app=`. */
const APP_BROWSERS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge', 'microsoft-edge-stable', 'brave-browser']
const OPENERS = ['xdg-open']
/** Large enough for a question, small enough to stay beside what it is about. */
const SIZE = '440,760'

/** The window, as a process. */
export interface BrowserWindow {
  /** Aborted when its program could not be started, or ended and says that it failed: there will be no window. */
  readonly failed: AbortSignal
  /** Closes it, if it is this program's to close. */
  close(): Promise<void>
}

/** Opens the window at this address. Undefined = there is no browser here. `command`: the browser to use, as for `--app=`. */
export async function openWindow(url: string, display: string | undefined, command?: string): Promise<BrowserWindow | undefined> {
  const env = { ...process.env, ...(display === undefined ? {} : { DISPLAY: display }) }
  const app = command ?? APP_BROWSERS.map(programNamed).find(it => it !== undefined)
  if (app !== undefined) return appWindow(app, url, env)
  const opener = OPENERS.map(programNamed).find(it => it !== undefined)
  if (opener === undefined) return undefined
  const { child, failed } = started(opener, [url], env)
  child.unref()
  return { failed, close: async () => undefined }
}

/** A browser of its own profile, which nobody else's pages, extensions or passwords are in, and which goes with the window. */
async function appWindow(program: string, url: string, env: NodeJS.ProcessEnv): Promise<BrowserWindow> {
  const profile = await mkdtemp(join(tmpdir(), 'remote-assist-browser-'))
  const flags = ['--no-first-run', '--no-default-browser-check', '--disable-sync', '--disable-extensions', '--disable-background-networking']
  const { child, failed } = started(program, [`--app=${url}`, `--user-data-dir=${profile}`, `--window-size=${SIZE}`, '--class=remote-assist', ...flags], env)
  return { failed, close: () => ended(child).then(() => rm(profile, { recursive: true, force: true, maxRetries: 5 })) }
}

function started(program: string, args: readonly string[], env: NodeJS.ProcessEnv): { readonly child: ChildProcess; readonly failed: AbortSignal } {
  const failed = new AbortController()
  const child = spawn(program, args, { env, stdio: 'ignore', detached: true })
  child.on('error', () => failed.abort())
  child.on('exit', code => code !== 0 && failed.abort())
  return { child, failed: failed.signal }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  // A browser is many processes; all of them are of its group.
  process.kill(-child.pid, 'SIGTERM')
  await exit
}

function programNamed(name: string): string | undefined {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map(folder => join(folder, name))
    .find(isProgram)
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
