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

  'carries HTML and pictures both ways, if it carries them': async ({ host, witness }) => {
    const clipboard = present(host.clipboard, 'a clipboard')
    if (!witness.copyAs || !witness.pasteAs) return
    for (const [mime, data] of [
      ['text/html', new TextEncoder().encode(`<p>ä <b>bold</b> 漢字</p>${'<i>more</i>'.repeat(10_000)}`)],
      ['image/png', Uint8Array.from({ length: 3_000_000 }, (_, i) => (i * i) >> 7)],
    ] as const) {
      await clipboard.write([{ mime, data }])
      assert(endsWith(await witness.pasteAs(mime), data), `another program did not get the ${mime} that was written`)
      const changes = new Seen<readonly { readonly mime: string }[]>()
      const stop = clipboard.onChange(changes.add)
      await witness.copyAs(mime, data)
      assert(
        (await changes.until('a call of onChange')).some(format => format.mime === mime),
        `${mime} is not among the formats`,
      )
      assert(endsWith(await clipboard.read(mime, data.length), data), `the ${mime} that another program copied is not what was read`)
      stop()
    }
  },

  'says of what is marked as a secret that it is one, if programs can': async ({ host, witness }) => {
    const clipboard = present(host.clipboard, 'a clipboard')
    if (!witness.copySecret) return
    const secrets = new Seen<boolean>()
    const stop = clipboard.onChange((_formats, secret = false) => secrets.add(secret))
    await witness.copy('no secret')
    await secrets.until('a call of onChange')
    await witness.copySecret('correct horse')
    await secrets.until('a call of onChange that says secret', secret => secret)
    stop()
  },

  'fetches what it promised when somebody pastes it, and gives the clipboard up when it is told to, if it promises': async ({ host, witness }) => {
    const clipboard = present(host.clipboard, 'a clipboard')
    if (!clipboard.promise) return
    const fetched: string[] = []
    const release = await clipboard.promise(['text/plain', 'text/html'], async mime => {
      fetched.push(mime)
      return mime === 'text/plain' ? new TextEncoder().encode('fetched') : undefined
    })
    assert.deepEqual(fetched, [], 'it was fetched before anybody pasted')
    assert.equal(await witness.paste(), 'fetched')
    assert.deepEqual([...new Set(fetched)], ['text/plain'])
    release()
    assert.equal((await witness.paste().catch(() => undefined)) || undefined, undefined, 'it is still to be had')
  },
}

/** The same bytes; a system may put the name of the encoding before HTML. */
function endsWith(bytes: Uint8Array | undefined, data: Uint8Array): boolean {
  return bytes !== undefined && Buffer.from(bytes).subarray(-data.length).equals(Buffer.from(data))
}
