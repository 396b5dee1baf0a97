/** What a host says, in the schema's words. */

import { Os, type PlatformInfo, type Screen } from '@remote-assist/codec'
import { FEATURE } from '@remote-assist/core'
import type { Host, HostPlatform, ScreenInfo } from '../host.js'

/** Screens in a list, at most. */
const MAX_SCREENS = 16

const OS: { readonly [K in HostPlatform['os']]: Os } = { windows: Os.WINDOWS, linux: Os.LINUX, macos: Os.MACOS, virtual: Os.VIRTUAL, browser: Os.BROWSER }

/** A name cut to so many bytes of UTF-8, between characters. */
export function cut(text: string, bytes: number): string {
  const encoder = new TextEncoder()
  let kept = ''
  let size = 0
  for (const char of text) {
    size += encoder.encode(char).length
    if (size > bytes) break
    kept += char
  }
  return kept
}

/** The screens as they are announced: at most 16, exactly one of them primary (RA-SCR-004). */
export function screensOf(screens: readonly ScreenInfo[]): readonly Screen[] {
  const announced = screens.slice(0, MAX_SCREENS)
  const primary = announced.find(screen => screen.primary) ?? announced[0]
  return announced.map(({ id, name, x, y, width, height, scalePercent, rotation, primary: _, ...rest }) => ({
    screenId: id,
    name: cut(name, 64),
    x,
    y,
    width,
    height,
    scalePercent: Math.min(1_000, Math.max(25, Math.round(scalePercent))),
    rotation,
    primary: id === primary?.id,
    ...rest,
  }))
}

/** What the machine is and can do. */
export const platformOf = ({ platform, input, elevation }: Host): PlatformInfo => ({
  os: OS[platform.os],
  version: cut(platform.version, 64),
  canElevate: elevation !== undefined,
  canSendSecureKeys: elevation !== undefined && elevation.sendsSecureKeys !== false,
  canControl: input !== undefined,
})

/** Named features of this end, ascending. */
export const capabilitiesOf = ({ input, elevation, rejoin }: Host): readonly string[] => [
  ...(elevation?.awaitCredentials === undefined ? [] : [FEATURE.credentials]),
  ...(input === undefined ? [] : [FEATURE.text]),
  ...(rejoin === undefined ? [] : [FEATURE.rejoin]),
]
