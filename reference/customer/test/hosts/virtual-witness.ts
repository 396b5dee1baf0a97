import assert from 'node:assert/strict'
import type { HostSetup } from '../../src/host-compliance/index.js'
import { virtualHost } from '../../src/hosts/index.js'

/** A virtual desktop, and somebody in front of it. */
export async function virtualSetup(): Promise<HostSetup> {
  const host = virtualHost({ os: 'windows' })
  const { desktop } = host
  let before = ''
  let place = 300
  return {
    host,
    witness: {
      async focusText() {
        const { screenId, x, y, width, height } = desktop.place('field')
        desktop.click(screenId, x + width - 20, y + height - 20)
        before = desktop.text
      },
      async received(text) {
        assert.equal(desktop.text, before + text)
      },
      async pointerAt(screenId, x, y) {
        assert.deepEqual(desktop.pointer, { screenId, x, y })
      },
      async holds(keys, buttons) {
        assert.deepEqual([desktop.pressedKeys(), desktop.pressedButtons()], [keys, buttons])
      },
      async paint(screenId) {
        const start = desktop.place('start')
        if (screenId === start.screenId) {
          if (desktop.startMenuOpen) desktop.key(0x29, true)
          else desktop.click(screenId, start.x + 5, start.y + 5)
          desktop.key(0x29, false)
          return { x: start.x + 100, y: start.y + 18, colour: desktop.startMenuOpen ? 0x2e6be6 : 0x23395d }
        }
        desktop.tick(7)
        return { x: 5, y: 5, colour: 0x0e1726 }
      },
      async moveMouse() {
        place = 300 + ((place + 1) % 100)
        desktop.moveTo(1, place, 300)
      },
      async copy(text) {
        desktop.setClipboard(text)
      },
      async paste() {
        return desktop.readClipboard()
      },
      async copyAs(mime, data) {
        desktop.setClipboard([{ mime, data }])
      },
      async pasteAs(mime) {
        return desktop.readClipboardAs(mime)
      },
      async copySecret(text) {
        desktop.setClipboard(text, { secret: true })
      },
      async unplug() {
        desktop.removeScreen(2)
        return 2
      },
      async lock(on) {
        if (on) desktop.lock()
        else desktop.unlock()
      },
      async answerPrompt(answer) {
        desktop.answerUac(answer)
      },
      accounts: { administrator: { account: 'admin', password: 'admin' }, ordinary: { account: 'guest', password: 'guest' } },
      commands: { short: { argv: ['echo', 'a', 'b'], output: 'a b\r\n', exitCode: 0 }, endless: ['sleep', '1000000'] },
    },
    async close() {},
  }
}
