import { type ClipboardHost, type ElevationHost, type Host, HostError } from '@remote-assist/peer'
import { Listeners } from '../listeners.js'
import { X11Clipboard } from './clipboard.js'
import { XConnection } from './connection.js'
import { guarded } from './guarded.js'
import { X11Input } from './input.js'
import { tidyInput } from './leftovers.js'
import type { PixelReader } from './pixels.js'
import { Injected, recordInput } from './recorder.js'
import { ScreenLock } from './screen-lock.js'
import { X11Screens } from './screens.js'
import type { DamageExtension, FixesExtension, RandrExtension, ShmExtension, TestExtension } from './wire.js'
import { Xkb } from './xkb.js'

/** A host that shares an X display. It has no input if the server lacks XTEST or RECORD: a person who is not seen at work could not be given way to (RA-INP-011). */
export interface X11Host extends Host {
  readonly clipboard: ClipboardHost
  /** `shm`: pixels come through shared memory; `getimage`: through the socket, about five times slower. */
  readonly captureKind: PixelReader['kind']
}

/** What an X display does not have by itself. */
export interface X11HostOptions {
  /** How administrator powers are had on this machine, such as `linuxElevation()`. Absent: they are not. Closed by whoever made it. */
  readonly elevation?: ElevationHost
  /** A process of its own releases what is pressed at once if this one is killed. Without it, and if both are, the next host on the display does. Default false. */
  readonly guard?: boolean
}

/**
 * Shares an X display such as `:0`, with its monitors, keyboard, mouse and clipboard.
 * Rejects with `HostError`: `E_NO_DISPLAY` if there is none or it lets nobody in, `E_UNSUPPORTED` if it lacks an extension or is not true colour.
 */
export async function x11Host(display: string, options: X11HostOptions = {}): Promise<X11Host> {
  const connection = await XConnection.open(display)
  try {
    return await share(connection, options)
  } catch (error) {
    connection.close()
    throw error
  }
}

async function share(connection: XConnection, { elevation, guard = false }: X11HostOptions): Promise<X11Host> {
  if (connection.depth !== 24 && connection.depth !== 32)
    throw new HostError('E_UNSUPPORTED', `The X display ${connection.name} has ${connection.depth} bits a pixel; 24 are needed.`)
  const damage = await required<DamageExtension>(connection, 'damage')
  const fixes = await required<FixesExtension>(connection, 'fixes')
  const xtest = await connection.extension<TestExtension>('xtest')
  const xkb = await Xkb.open(connection)
  if (xkb === undefined) throw lacks(connection, 'XKEYBOARD')
  const randr = await connection.extension<RandrExtension>('randr')
  const shm = await connection.extension<ShmExtension>('shm')
  if (xtest) await tidyInput(connection, xtest, xkb)
  const dismissGuard = guard ? guarded(connection.name) : undefined
  const screens = await X11Screens.open(connection, { damage, fixes, randr, shm })
  const clipboard = await X11Clipboard.open(connection, fixes)
  const injected = new Injected()
  const localInput = new Listeners<[]>()
  const recorder = await recordInput(connection.name, event => {
    const ours = injected.claims(event)
    screens.pointerAt(event.rootX, event.rootY)
    if (!ours) localInput.emit()
  })
  const input = recorder && xtest && new X11Input(connection, xtest, injected, localInput, id => screens.screen(id), xkb)
  const lock = await ScreenLock.open(connection, () => screens.list())
  const close = async (): Promise<void> => {
    lock.close()
    localInput.clear()
    recorder?.stop()
    clipboard.close()
    screens.close()
    await input?.close()
    dismissGuard?.()
    connection.close()
  }
  let closed: Promise<void> | undefined
  return {
    platform: { os: 'linux', version: `X11 ${connection.name}` },
    screens,
    ...(input === undefined ? {} : { input }),
    clipboard,
    ...(elevation === undefined ? {} : { elevation }),
    onLocked: listener => lock.onLocked(listener),
    captureKind: screens.kind,
    close() {
      // A session that ends and whoever made the host may close it at the same time.
      closed ??= close()
      return closed
    },
  }
}

async function required<T>(connection: XConnection, name: string): Promise<T> {
  const extension = await connection.extension<T>(name)
  if (extension) return extension
  throw lacks(connection, name.toUpperCase())
}

const lacks = (connection: XConnection, extension: string): HostError =>
  new HostError('E_UNSUPPORTED', `The X display ${connection.name} lacks the ${extension} extension.`, { hint: 'Enable it in the X server.' })
