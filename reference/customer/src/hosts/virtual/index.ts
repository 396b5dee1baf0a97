import type { ClipboardHost, ElevationHost, Host, HostPlatform, InputHost, RejoinHost, RejoinTicket } from '@remote-assist/peer'
import { Listeners } from '../listeners.js'
import { VirtualClipboard } from './clipboard.js'
import { arrange, Controls, injectedInput } from './controls.js'
import type { Account } from './credential-helper.js'
import { VirtualDesktop } from './desktop.js'
import { type Forbidden, VirtualElevation } from './elevation.js'
import { VirtualScreens } from './screens.js'
import { CUSTOMER, type DesktopState, freshDesk } from './state.js'
import { Waits } from './waits.js'

export type { Account } from './credential-helper.js'
export type { Place, VirtualDesktop } from './desktop.js'
export type { Cover } from './state.js'

/** How a virtual desktop is made. */
export interface VirtualHostOptions {
  /** What the machine says it is; `linux` cannot elevate. Default `virtual`. */
  readonly os?: 'virtual' | 'windows' | 'linux'
  /** Sizes of the monitors from left to right, the first one primary. Default 1280×800 and 1024×768. */
  readonly screens?: readonly { readonly width: number; readonly height: number }[]
  /** What stands in the text field at first. Default nothing. */
  readonly text?: string
  /** The accounts whose credentials elevate. Default `admin`, an administrator, and `guest`, who is none; each password is the name. */
  readonly accounts?: readonly Account[]
  /** What the machine's policy forbids, however elevated somebody is: Windows has such a policy for programs that send Ctrl+Alt+Del. Default nothing. */
  readonly forbids?: readonly Forbidden[]
  /** Monotonic milliseconds for `capturedAtUs`. Default `performance.now`. */
  readonly now?: () => number
}

/** A host that is a desktop by itself. */
export interface VirtualHost extends Host {
  readonly input: InputHost
  readonly clipboard: ClipboardHost
  /** Absent on a Linux. */
  readonly elevation?: ElevationHost
  /** Keeps a ticket in memory, over a `restart`. */
  readonly rejoin: RejoinHost
  /** Ends this machine and starts it again: as it was at first, but for a ticket that was kept. */
  restart(): Promise<VirtualHost>
  /** The machine as the local user has it. */
  readonly desktop: VirtualDesktop
}

const ACCOUNTS: readonly Account[] = [
  { user: 'admin', password: 'admin', administrator: true },
  { user: 'guest', password: 'guest', administrator: false },
]

const VERSIONS = { virtual: '1.0', windows: '11 (virtual)', linux: '6 (virtual)' } as const

/**
 * Makes a virtual desktop: two screens, a text field that takes keys and pointer, a clipboard, and, unless it is a Linux, elevation with a prompt.
 * It is deterministic: the same calls give the same pixels, and nothing happens between them.
 */
export const virtualHost = (options: VirtualHostOptions = {}): VirtualHost => started(options, new Shelf())

/** Where a ticket lies while the machine is off. */
class Shelf implements RejoinHost {
  #ticket: RejoinTicket | undefined

  async keep(ticket: RejoinTicket): Promise<void> {
    this.#ticket = { ...ticket, secret: ticket.secret.slice() }
  }

  async take(): Promise<RejoinTicket | undefined> {
    const ticket = this.#ticket
    this.#ticket = undefined
    return ticket
  }
}

function started(options: VirtualHostOptions, rejoin: RejoinHost): VirtualHost {
  const { os = 'virtual', now = () => performance.now(), accounts = ACCOUNTS, forbids = [] } = options
  const state = initialState(options)
  const changed = () => screens.refresh()
  const waits = new Waits(() => state.seconds)
  const screens = new VirtualScreens(state, now)
  const clipboard = new VirtualClipboard()
  const controls = new Controls(state, clipboard, changed)
  const elevation = os === 'linux' ? undefined : new VirtualElevation(state, { accounts, forbids }, changed, (seconds, signal) => waits.passed(seconds, signal))
  const lock = new Listeners<[locked: boolean]>()
  const platform: HostPlatform = { os, version: VERSIONS[os] }
  const host: VirtualHost = {
    platform,
    rejoin,
    async restart() {
      await host.close()
      return started(options, rejoin)
    },
    screens,
    input: injectedInput(controls),
    clipboard,
    ...(elevation && { elevation }),
    onLocked(listener) {
      if (state.locked) listener(true)
      return lock.add(listener)
    },
    desktop: new VirtualDesktop(
      state,
      controls,
      clipboard,
      elevation,
      () => waits.check(),
      locked => lock.emit(locked),
      changed,
    ),
    async close() {
      controls.releaseAll()
      controls.localInput.clear()
      lock.clear()
      await elevation?.close()
      clipboard.close()
      screens.close()
    },
  }
  return host
}

function initialState(options: VirtualHostOptions): DesktopState {
  const sizes = options.screens ?? [
    { width: 1280, height: 800 },
    { width: 1024, height: 768 },
  ]
  if (sizes.length === 0) throw new RangeError('A virtual desktop needs a screen.')
  return {
    screens: arrange(sizes.map((size, i) => ({ id: i + 1, name: `Display ${i + 1}`, ...size, scalePercent: 100, rotation: 0 as const }))),
    pointer: { screenId: 1, x: 0, y: 0 },
    ...freshDesk(options.text ?? ''),
    user: CUSTOMER,
    users: [CUSTOMER, ...(options.accounts ?? ACCOUNTS).map(({ user }) => user)],
    desks: new Map(),
    testPages: 0,
    driver: 'out of date',
    elevated: false,
    cover: 'none',
    locked: false,
    seconds: 0,
  }
}
