import { virtualHost } from '@remote-assist/customer/hosts'
import { crop, looksLike } from './eyes.mjs'
import { somePassword, someText } from './random.mjs'

const SCREENS = [
  { width: 1280, height: 800 },
  { width: 1024, height: 768 },
]

/** The virtual desktop, as the person in front of it has it: a Windows machine with a text field, a clipboard, and a prompt before elevation. */
export async function openVirtualDesktop() {
  const administrator = { account: 'Administrator', password: somePassword() }
  const accounts = [{ user: administrator.account, password: administrator.password, administrator: true }]
  const host = virtualHost({ os: 'windows', screens: SCREENS, accounts })
  const { desktop } = host
  const field = desktop.place('field')
  const firstLines = { ...field, height: 60 }
  return {
    kind: 'virtual',
    words: 'virtual desktop',
    host,
    screens: async () => SCREENS.map((size, i) => ({ ...size, x: i === 0 ? 0 : SCREENS[0].width, y: 0 })),
    input: { x: field.x + field.width / 2, y: field.y + field.height / 2 },
    submit: 'Enter',
    typed: async () => desktop.text.split('\n'),
    async repaint() {
      const text = someText()
      desktop.type(`${text}\n`)
      return `the customer typed “${text}”`
    },
    async truth(screen) {
      const shown = await look(host, screen + 1)
      if (screen > 0) return image => looksLike(image, shown)
      const lines = crop(shown, firstLines)
      return image => looksLike(crop(image, firstLines), lines)
    },
    clipboard: async () => desktop.readClipboard(),
    async copy() {
      const text = someText()
      desktop.setClipboard(text)
      return text
    },
    elevation: {
      administrator,
      confirm: () => desktop.answerUac('yes'),
      isPromptOpen: () => desktop.cover === 'prompt',
      isAtSecurityScreen: () => desktop.cover === 'security',
    },
  }
}

/** A look at a screen of the desktop itself. */
async function look(host, screenId) {
  const capture = await host.screens.capture(screenId, () => {})
  const { image } = await capture.grab()
  const copy = { ...image, data: image.data.slice() }
  capture.stop()
  return copy
}
