/** Shares a desktop with a window for the person, from the PIN to the last session. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { HostError } from '@remote-assist/peer'
import { auditFile } from '@remote-assist/peer/node'
import { companionPage } from '@remote-assist/ui/node'
import { following, type ShareOptions } from '../share.js'
import { openWindow } from './browser.js'
import { Companion } from './companion.js'
import { Door } from './door.js'
import { pageFiles } from './page-files.js'
import { Uploads } from './uploads.js'
import { Desk } from './x11/desk.js'
import type { StopKeys } from './x11/stop-keys.js'

/** How the window is shown. */
export interface WindowOptions {
  /** The X display that it is on. */
  readonly display: string | undefined
  /** The browser that shows it, as a command for `--app=`; default: one that is found. */
  readonly browser: string | undefined
  /** There has to be a window: where no browser is found, the address is told, for the person to open. Else it is an error, and somebody else may ask. */
  readonly needed: boolean
  /** Keys that stop everything, wherever they are pressed. */
  readonly stopKeys: StopKeys
  /** Says something where the program was started. */
  tell(line: string): void
}

/** So long a browser may take until it shows the window, ms. */
const PATIENCE_MS = 60_000
const keysTaken = { code: 'E_KEYS_TAKEN', message: '', hint: undefined }

/**
 * Shows the window and shares from there; resolves to the exit code when the person has closed it. Rejects with `HostError` `E_HOST` if there is none.
 * Whoever closes the window stops: nobody is to see or control a desktop whose owner cannot see who does.
 */
export async function shareInWindow(options: ShareOptions, { display, browser, needed, stopKeys, tell }: WindowOptions): Promise<number> {
  const uploads = new Uploads()
  let logs = 0
  let desk: Desk | undefined
  const companion = new Companion({
    ...options,
    broker: options.broker,
    uploads,
    audit: () => (options.audit === undefined ? undefined : auditFile(logs++ === 0 ? options.audit : following(options.audit))),
    showFolder: folder =>
      spawn('xdg-open', [folder], { stdio: 'ignore', detached: true })
        .on('error', () => undefined)
        .unref(),
    changed: state => {
      door.show(state)
      desk?.show(state)
    },
    arranged: screens => desk?.arrange(screens),
    drawn: annotation => desk?.hear(annotation),
  })
  const over = new AbortController()
  const opened = new AbortController()
  const door: Door = await Door.open({
    page: pageFiles(companionPage),
    act: act => companion.act(act),
    upload: (name, content) => uploads.take(name, content),
    opened: () => opened.abort(),
    gone: () => over.abort(),
  })
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  const onSignal = (name: NodeJS.Signals) => {
    // Who agreed to come back after a restart leaves for it; everybody else stops.
    if (name === 'SIGINT') companion.stop()
    else companion.leave()
    over.abort()
  }
  for (const name of signals) process.on(name, onSignal)
  try {
    desk = display === undefined ? undefined : await Desk.open(display, stopKeys, { stop: () => companion.stop(), pause: () => companion.togglePause() })
    companion.show({ stopKeys: desk?.stopKeys, ...(desk?.keysTaken === true ? { notice: keysTaken } : {}) })
    const window = await openWindow(door.url, display, browser)
    if (window === undefined && !needed)
      throw new HostError('E_HOST', 'There is no browser here to show a window.', { hint: 'Install Chromium, or name a browser by --browser.' })
    if (window === undefined) tell(`There is no browser here that could be started. Open this in one yourself, on this computer; it works once: ${door.url}`)
    try {
      const shown = await firstOf([opened.signal, over.signal, ...(window === undefined ? [] : [window.failed, AbortSignal.timeout(PATIENCE_MS)])])
      if (shown !== opened.signal && !over.signal.aborted)
        throw new HostError('E_HOST', 'The window did not come up.', { hint: 'Try --browser with another one, or --no-window.' })
      tell('The window is open. Close it to end this.')
      if (options.code !== undefined) companion.join(options.code)
      await firstOf([over.signal])
    } finally {
      companion.leave()
      await companion.close()
      await window?.close()
    }
    return companion.exitCode
  } finally {
    for (const name of signals) process.off(name, onSignal)
    desk?.close()
    door.close()
    await uploads.close()
  }
}

/** The first of these that is aborted. */
async function firstOf(signals: readonly AbortSignal[]): Promise<AbortSignal | undefined> {
  const aborted = () => signals.find(signal => signal.aborted)
  if (aborted() === undefined) await Promise.race(signals.map(signal => once(signal, 'abort')))
  return aborted()
}
