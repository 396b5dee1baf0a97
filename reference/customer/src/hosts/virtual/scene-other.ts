import type { ScreenInfo } from '@remote-assist/peer'
import { bold, regular, small } from './font.js'
import { clock, coverOf, type DesktopState, logInPlaces, places } from './state.js'
import type { Widget } from './widget.js'

const BARS = 24

/** Every screen but the primary: a monitoring board with a counter, a clock and bars that move with the ticks. */
export function boardScene(state: DesktopState, screen: ScreenInfo): readonly Widget[] {
  const { width, height } = screen
  const rect = { x: 0, y: 0, width, height }
  const counter = { x: 48, y: 168, width: 6 * 54, height: 108 }
  const time = { x: Math.max(48, width - 48 - 8 * 18), y: 40, width: 8 * 18, height: 36 }
  const chart = { x: 48, y: 400, width: width - 96, height: Math.max(0, height - 400 - 96) }
  const number = String(state.seconds % 1_000_000).padStart(6, '0')
  const values = Array.from({ length: BARS }, (_, i) => load(screen.id, state.seconds - (BARS - 1 - i)))
  const widgets: Widget[] = [
    {
      name: 'board',
      rect,
      key: `${screen.name} ${screen.rotation}`,
      paint: canvas => {
        canvas.fill(rect, 0x0e1726)
        canvas.text(48, 40, `${screen.name}: orders`, bold, 0xf2f6fc, 2)
        canvas.text(48, 84, `${width} x ${height}${screen.rotation === 0 ? '' : `, turned by ${screen.rotation} degrees`}`, regular, 0x7f90ab)
        canvas.round({ x: 28, y: 128, width: width - 56, height: 196 }, 12, 0x17233a)
        canvas.text(48, 290, 'orders since nine', small, 0x7f90ab)
        canvas.round({ x: 28, y: 344, width: width - 56, height: height - 344 - 28 }, 12, 0x17233a)
        canvas.text(48, 362, 'a second each, newest on the right', small, 0x7f90ab)
        canvas.fill({ x: chart.x, y: chart.y + chart.height, width: chart.width, height: 1 }, 0x3a4a68)
      },
    },
    { name: 'counter', rect: counter, key: number, paint: canvas => canvas.text(counter.x, counter.y, number, bold, 0x6ce9a6, 6) },
    { name: 'time', rect: time, key: clock(state.seconds), paint: canvas => canvas.text(time.x, time.y, clock(state.seconds), regular, 0xd0dbec, 2) },
  ]
  const step = Math.floor(chart.width / BARS)
  values.forEach((value, i) => {
    const bar = { x: chart.x + i * step, y: chart.y, width: Math.max(1, step - 8), height: chart.height }
    const tall = Math.round(value * chart.height)
    widgets.push({
      name: `bar ${i}`,
      rect: bar,
      key: String(value),
      paint: canvas => canvas.round({ ...bar, y: bar.y + bar.height - tall, height: tall }, 4, i === BARS - 1 ? 0x6ce9a6 : 0x3d77d6),
    })
  })
  return widgets
}

/** What covers all screens: the mask in place of a prompt that cannot be seen from outside, the lock screen, the log-in screen, or the one behind Ctrl+Alt+Del. */
export function coverScene(state: DesktopState, screen: ScreenInfo): readonly Widget[] {
  const rect = { x: 0, y: 0, width: screen.width, height: screen.height }
  const middle = { x: Math.floor(screen.width / 2), y: Math.floor(screen.height / 2) }
  const write = (text: string) => ({ x: middle.x - Math.floor((text.length * 9) / 2), text })
  if (coverOf(state) === 'prompt') {
    const line = write('A prompt of the operating system is open. It cannot be shown here.')
    return [
      {
        name: 'mask',
        rect,
        key: '',
        paint: canvas => {
          canvas.fill(rect, 0x2b3240)
          canvas.text(line.x, middle.y - 9, line.text, regular, 0xc3cbd8)
        },
      },
    ]
  }
  if (coverOf(state) === 'locked') {
    return [
      {
        name: 'lock',
        rect,
        key: '',
        paint: canvas => {
          canvas.gradient(rect, 0x101828, 0x23395d)
          if (screen.primary) canvas.text(write('Locked').x, middle.y - 9, 'Locked', bold, 0xffffff)
        },
      },
    ]
  }
  if (state.cover === 'log-in') {
    return [
      {
        name: 'log-in',
        rect,
        key: state.user,
        paint: canvas => {
          canvas.gradient(rect, 0x16345f, 0x0e1726)
          if (!screen.primary) return
          const [first] = logInPlaces(state)
          canvas.text(write('Who uses this computer?').x, (first?.rect.y ?? middle.y) - 60, 'Who uses this computer?', bold, 0xffffff)
          for (const { user, rect: tile } of logInPlaces(state)) {
            canvas.round(tile, 8, user === state.user ? 0x3b82d0 : 0x23395d)
            canvas.text(write(user).x, tile.y + 13, user, bold, 0xffffff)
          }
        },
      },
    ]
  }
  const { securityCancel } = places(state)
  return [
    {
      name: 'security',
      rect,
      key: '',
      paint: canvas => {
        canvas.gradient(rect, 0x0a3a7a, 0x0f5aa8)
        if (!screen.primary) return
        ;['Lock', 'Switch user', 'Sign out', 'Change a password', 'Task Manager'].forEach((entry, i) => {
          canvas.text(write(entry).x, middle.y - 130 + i * 46, entry, bold, 0xffffff)
        })
        canvas.round(securityCancel, 7, 0x3b82d0)
        canvas.text(write('Cancel').x, securityCancel.y + 11, 'Cancel', bold, 0xffffff)
      },
    },
  ]
}

/** A number from 0.15 to 1 that depends on nothing but the screen and the second. */
function load(screenId: number, second: number): number {
  const wave = Math.sin(second / 3 + screenId) * 0.25 + Math.sin(second / 7.3) * 0.2
  const noise = (((Math.imul(second + 1000, 2_654_435_761) >>> 8) & 0xff) / 255) * 0.2
  return Math.min(1, Math.max(0.15, 0.5 + wave + noise - 0.1))
}
