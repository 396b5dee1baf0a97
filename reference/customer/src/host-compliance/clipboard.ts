import assert from 'node:assert/strict'
import { present, rejectsWith, Seen } from './support.js'
import type { HostSetup } from './witness.js'

const ENOUGH = 2 ** 20

/** What every host with a clipboard must do. */
export const clipboardChecks: Readonly<Record<string, (setup: HostSetup) => Promise<void>>> = {
  'gives other programs the text that was written, up to 1 MiB': async ({ host, witness }) => {
    const clipboard = present(host.clipboard, 'a clipboard')
    for (const text of ['héllo — 漢字 🙂', 'x'.repeat(ENOUGH)]) {
      await clipboard.write([{ mime: 'text/plain', data: new TextEncoder().encode(text) }])
      assert.equal(await witness.paste(), text)
    }
  },

  'tells what another program copied, and reads it': async ({ host, witness }) => {
    const clipboard = present(host.clipboard, 'a clipboard')
    for (const text of ['from another program: ß', 'long '.repeat(150_000)]) {
      const changes = new Seen<readonly { readonly mime: string; readonly bytes: number }[]>()
      const stop = clipboard.onChange(changes.add)
      await witness.copy(text)
      const formats = await changes.until('a call of onChange')
      const offered = formats.find(({ mime }) => mime === 'text/plain')
      const bytes = new TextEncoder().encode(text)
      assert(offered, 'text/plain is not among the formats')
      assert(offered.bytes === -1 || offered.bytes === bytes.length, 'the size is wrong')
      assert.equal(new TextDecoder().decode(await clipboard.read('text/plain', bytes.length)), text)
      await rejectsWith('E_TOO_LARGE', clipboard.read('text/plain', bytes.length - 1), 'reading more than the limit')
      assert.equal(await clipboard.read('image/x-none', ENOUGH), undefined)
      stop()
    }
  },

  'does not take its own writing for a change': async ({ host, witness }) => {
    const clipboard = present(host.clipboard, 'a clipboard')
    const changes = new Seen<unknown>()
    const stop = clipboard.onChange(changes.add)
    for (const text of ['ours', 'ours again']) {
      await clipboard.write([{ mime: 'text/plain', data: new TextEncoder().encode(text) }])
      assert.equal(await witness.paste(), text)
    }
    await witness.copy('theirs')
    await changes.until('a call of onChange')
    assert.equal(new TextDecoder().decode(await clipboard.read('text/plain', ENOUGH)), 'theirs')
    assert.equal(changes.all.length, 1, 'its own writing was announced')
    stop()
  },
}
