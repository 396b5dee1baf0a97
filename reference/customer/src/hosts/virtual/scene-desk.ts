import type { Rect, ScreenInfo } from '@remote-assist/peer'
import type { Canvas } from './canvas.js'
import { bold, regular, small } from './font.js'
import { CUSTOMER, clock, type DesktopState, LINE_HEIGHT, NOTES_SIZE, places, TITLE_HEIGHT, textArea } from './state.js'
import { locate, selection, wrap } from './text-field.js'
import type { Widget } from './widget.js'

const INK = 0x1d2939
const MUTED = 0x667085
const ACCENT = 0x2e6be6
const SHADOW = 28

/** The primary screen: wallpaper, a printer window, a notes window with the text field, the task bar. */
export function deskScene(state: DesktopState, screen: ScreenInfo): readonly Widget[] {
  return [wallpaper(screen), ...printerWindow(state), ...notesWindow(state), ...taskBar(state, screen)]
}

function wallpaper({ width, height }: ScreenInfo): Widget {
  const rect = { x: 0, y: 0, width, height }
  return {
    name: 'wallpaper',
    rect,
    key: '',
    paint: canvas => {
      canvas.gradient(rect, 0x16345f, 0x4a8fb8)
      canvas.disc(width * 0.86, height * 0.12, width * 0.26, 0xffffff, 0.05)
      canvas.disc(width * 0.8, height * 0.94, width * 0.34, 0xffffff, 0.06)
      canvas.disc(width * 0.1, height * 0.98, width * 0.22, 0x0b1f3f, 0.14)
    },
  }
}

function windowFrame(canvas: Canvas, rect: Rect, title: string, active: boolean): void {
  canvas.shadow({ ...rect, y: rect.y + 6 }, 10, SHADOW - 8, active ? 0.34 : 0.22)
  canvas.round(rect, 10, 0xc9d2df)
  canvas.round({ x: rect.x + 1, y: rect.y + 1, width: rect.width - 2, height: rect.height - 2 }, 9, 0xf7f9fc)
  canvas.fill({ x: rect.x + 1, y: rect.y + TITLE_HEIGHT, width: rect.width - 2, height: 1 }, 0xdfe5ee)
  canvas.text(rect.x + 18, rect.y + 11, title, bold, active ? INK : MUTED)
  ;[0x9aa7ba, 0x9aa7ba, 0xe5695e].forEach((colour, i) => {
    canvas.disc(rect.x + rect.width - 66 + i * 22, rect.y + 20, 6, colour)
  })
}

function withShadow(rect: Rect): Rect {
  return { x: rect.x - SHADOW, y: rect.y - SHADOW, width: rect.width + 2 * SHADOW, height: rect.height + 2 * SHADOW }
}

function notesWindow(state: DesktopState): Widget[] {
  const frame = { ...state.notes, ...NOTES_SIZE }
  const { field } = places(state)
  const area = textArea(state)
  const lines = wrap(state.field.text, area.columns)
  const shown = lines.slice(state.firstLine, state.firstLine + area.rows)
  const selected = selection(state.field)
  const widgets: Widget[] = [
    {
      name: 'notes',
      rect: withShadow(frame),
      key: `${state.focused} ${state.user}`,
      paint: canvas => {
        windowFrame(canvas, frame, state.user === CUSTOMER ? 'Notes' : `Notes of ${state.user}`, state.focused)
        canvas.round({ x: field.x - 1, y: field.y - 1, width: field.width + 2, height: field.height + 2 }, 6, state.focused ? ACCENT : 0xc9d2df)
        canvas.round(field, 5, 0xffffff)
      },
    },
  ]
  if (state.field.text === '') {
    const rect = { x: area.x, y: area.y, width: 30 * 9, height: LINE_HEIGHT }
    widgets.push({
      name: 'placeholder',
      rect,
      key: '',
      paint: canvas => canvas.text(rect.x, rect.y + 2, 'Type something here …'.replace('…', '...'), regular, 0x98a2b3),
    })
  }
  shown.forEach(({ start, end }, i) => {
    const rect = { x: area.x, y: area.y + i * LINE_HEIGHT, width: area.columns * 9 + 9, height: LINE_HEIGHT }
    const text = [...state.field.text.slice(start, end)]
    const from = [...state.field.text.slice(start, Math.min(end, Math.max(start, selected.from)))].length
    const to = [...state.field.text.slice(start, Math.min(end, Math.max(start, selected.to)))].length
    widgets.push({
      name: `line ${i}`,
      rect,
      key: `${from} ${to} ${text.join('')}`,
      paint: canvas => {
        if (to > from) canvas.fill({ x: rect.x + from * 9, y: rect.y, width: (to - from) * 9, height: LINE_HEIGHT }, 0xb9d2ff)
        canvas.text(rect.x, rect.y + 2, text.join(''), regular, INK)
      },
    })
  })
  const caret = locate(state.field.text, lines, state.field.caret)
  const row = caret.line - state.firstLine
  if (state.focused && row >= 0 && row < area.rows) {
    const rect = { x: area.x + caret.column * 9 - 1, y: area.y + row * LINE_HEIGHT + 1, width: 2, height: LINE_HEIGHT - 2 }
    widgets.push({ name: 'caret', rect, key: '', paint: canvas => canvas.fill(rect, ACCENT) })
  }
  return widgets
}

function printerWindow(state: DesktopState): Widget[] {
  const frame = { x: 848, y: 96, width: 372, height: 284 }
  const { print } = places(state)
  const ready = state.driver === 'up to date'
  const pages = { x: 1084, y: 326, width: 12 * 9, height: 18 }
  return [
    {
      name: 'printer',
      rect: withShadow(frame),
      key: state.driver,
      paint: canvas => {
        windowFrame(canvas, frame, 'Office printer', false)
        drawPrinter(canvas, frame.x + 28, frame.y + 66)
        canvas.disc(frame.x + 130, frame.y + 85, 6, ready ? 0x32a56a : 0xe0a030)
        canvas.text(frame.x + 146, frame.y + 76, ready ? 'Ready' : 'Needs attention', bold, INK)
        canvas.text(frame.x + 124, frame.y + 102, 'Network, 2nd floor', regular, MUTED)
        canvas.fill({ x: frame.x + 20, y: frame.y + 148, width: frame.width - 40, height: 1 }, 0xe3e8f0)
        canvas.text(frame.x + 20, frame.y + 166, 'Driver', regular, MUTED)
        canvas.text(frame.x + 110, frame.y + 166, ready ? '3.2, up to date' : '3.1, out of date', regular, ready ? INK : 0xb54708)
        canvas.text(frame.x + 20, frame.y + 190, 'Queue', regular, MUTED)
        canvas.text(frame.x + 110, frame.y + 190, 'empty', regular, INK)
      },
    },
    {
      name: 'print',
      rect: print,
      key: '',
      paint: canvas => {
        canvas.round(print, 7, ACCENT)
        canvas.text(print.x + 32, print.y + 10, 'Print test page', bold, 0xffffff)
      },
    },
    { name: 'pages', rect: pages, key: String(state.testPages), paint: canvas => canvas.text(pages.x, pages.y, `${state.testPages} printed`, regular, MUTED) },
  ]
}

function drawPrinter(canvas: Canvas, x: number, y: number): void {
  canvas.round({ x: x + 12, y, width: 46, height: 30 }, 3, 0xffffff)
  canvas.frame({ x: x + 12, y, width: 46, height: 30 }, 0xc9d2df)
  canvas.round({ x, y: y + 20, width: 70, height: 34 }, 7, 0x475467)
  canvas.round({ x: x + 10, y: y + 42, width: 50, height: 20 }, 3, 0xffffff)
  canvas.frame({ x: x + 10, y: y + 42, width: 50, height: 20 }, 0xc9d2df)
  canvas.disc(x + 60, y + 29, 3, 0x6ce9a6)
}

function taskBar(state: DesktopState, { width, height }: ScreenInfo): Widget[] {
  const bar = { x: 0, y: height - 48, width, height: 48 }
  const { start } = places(state)
  const time = { x: width - 100, y: height - 36, width: 90, height: 24 }
  const badge = { x: width - 330, y: height - 40, width: 206, height: 32 }
  const menu = { x: 8, y: height - 48 - 236, width: 260, height: 228 }
  const widgets: Widget[] = [
    {
      name: 'task bar',
      rect: bar,
      key: '',
      paint: canvas => {
        canvas.fill(bar, 0x0f1f38)
        canvas.text(136, height - 33, 'Notes', regular, 0xd0dbec)
        canvas.fill({ x: 136, y: height - 6, width: 45, height: 3 }, 0x6aa4ff)
        canvas.text(208, height - 33, 'Office printer', regular, 0xd0dbec)
      },
    },
    {
      name: 'start',
      rect: start,
      key: String(state.startMenu),
      paint: canvas => {
        canvas.round(start, 7, state.startMenu ? ACCENT : 0x23395d)
        for (const [dx, dy] of [
          [0, 0],
          [9, 0],
          [0, 9],
          [9, 9],
        ] as const)
          canvas.round({ x: start.x + 16 + dx, y: start.y + 10 + dy, width: 7, height: 7 }, 1, 0xffffff)
        canvas.text(start.x + 46, start.y + 9, 'Start', bold, 0xffffff)
      },
    },
    { name: 'time', rect: time, key: clock(state.seconds), paint: canvas => canvas.text(time.x, time.y + 3, clock(state.seconds), regular, 0xffffff) },
  ]
  if (state.elevated) {
    widgets.push({
      name: 'elevated',
      rect: badge,
      key: '',
      paint: canvas => {
        canvas.round(badge, 7, 0xb54708)
        canvas.text(badge.x + 17, badge.y + 7, 'Administrator help', bold, 0xffffff)
      },
    })
  }
  if (state.startMenu) {
    widgets.push({
      name: 'start menu',
      rect: withShadow(menu),
      key: '',
      paint: canvas => {
        canvas.shadow(menu, 10, SHADOW, 0.3)
        canvas.round(menu, 10, 0x16294a)
        ;['Notes', 'Office printer', 'Files', 'Settings', 'Sign out'].forEach((entry, i) => {
          canvas.round({ x: menu.x + 18, y: menu.y + 20 + i * 40, width: 22, height: 22 }, 5, [0x6aa4ff, 0x9aa7ba, 0xe0b050, 0x5fc3a0, 0xe5695e][i] ?? ACCENT)
          canvas.text(menu.x + 54, menu.y + 22 + i * 40, entry, regular, 0xffffff)
        })
        canvas.text(menu.x + 180, menu.y + 190, 'Ctrl+Esc', small, 0x8fa3c4)
      },
    })
  }
  return widgets
}
