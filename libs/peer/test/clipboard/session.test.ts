import { describe, expect, test } from 'vitest'
import type { ClipboardContent, ClipboardHost } from '../../src/host.js'
import { HostError } from '../../src/host.js'
import { chunk } from '../../src/pictures/png.js'
import { settle } from '../support/clock.js'
import { FakeHost } from '../support/host.js'
import { assisting } from '../support/house.js'
import { madePng } from './pictures.js'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const PICTURE = madePng({ width: 40, height: 30, more: [chunk('tEXt', bytes('taken at home'))] })

/** A desktop with a clipboard of any format, with or without room for promises. */
class Desk extends FakeHost {
  contents: readonly ClipboardContent[] = []
  promised: { readonly mimes: readonly string[]; readonly fetch: (mime: string) => Promise<Uint8Array | undefined> } | undefined
  readonly asked: string[] = []
  #tell: Parameters<ClipboardHost['onChange']>[0] = () => undefined
  override readonly clipboard: ClipboardHost

  constructor(promises: boolean) {
    super()
    this.clipboard = {
      onChange: listener => {
        this.#tell = listener
        return () => undefined
      },
      read: async (mime, maxBytes) => {
        this.asked.push(mime)
        const data = this.contents.find(content => content.mime === mime)?.data
        if (data !== undefined && data.length > maxBytes) throw new HostError('E_TOO_LARGE', 'That is too much.')
        return data
      },
      write: async contents => {
        this.contents = contents
      },
      ...(promises && {
        promise: async (mimes: readonly string[], fetch: (mime: string) => Promise<Uint8Array | undefined>) => {
          const promised = { mimes, fetch }
          this.promised = promised
          return () => {
            if (this.promised === promised) this.promised = undefined
          }
        },
      }),
    }
  }

  /** A program copies something. */
  copies(contents: readonly ClipboardContent[], { secret = false, sizes = true } = {}): void {
    this.contents = contents
    this.#tell(
      contents.map(({ mime, data }) => ({ mime, bytes: sizes ? data.length : -1 })),
      secret,
    )
  }
}

async function sharing(promises = true) {
  const host = new Desk(promises)
  const stage = await assisting({}, {}, { host })
  const { clipboard } = stage.session
  clipboard.sync({ toCustomer: true, fromCustomer: true })
  await settle()
  expect(clipboard.switches).toEqual({ toCustomer: true, fromCustomer: true })
  return { ...stage, host, clipboard }
}

describe('a clipboard with several formats', () => {
  test('goes from the customer to the agent, read when the agent wants it, and clean (RA-CLP-022, RA-CLP-023)', async () => {
    const { host, clipboard } = await sharing()
    host.copies([
      { mime: 'application/x-secret', data: bytes('x') },
      { mime: 'image/png', data: PICTURE },
      { mime: 'text/html', data: bytes('<b onclick="evil()">bold</b><script>evil()</script>') },
      { mime: 'text/plain', data: bytes('bold') },
    ])
    await settle()
    expect(clipboard.offered.map(({ mime }) => mime)).toEqual(['text/plain', 'text/html', 'image/png'])
    expect(host.asked).toEqual([])
    const [html, picture, text] = await Promise.all([clipboard.readAs('text/html'), clipboard.readAs('image/png'), clipboard.read()])
    expect(new TextDecoder().decode(html)).toBe('<b>bold</b>')
    expect(text).toBe('bold')
    expect(Buffer.from(PICTURE).includes('taken at home')).toBe(true)
    expect(Buffer.from(picture ?? []).includes('taken at home')).toBe(false)
    expect(await clipboard.readAs('application/x-secret')).toBeUndefined()
  })

  test('is promised to the customer’s programs, fetched when one pastes, and once only; what cannot be taken is not there (RA-CLP-026)', async () => {
    const { host, clipboard } = await sharing()
    let read = 0
    const lazily = async () => {
      read++
      return bytes('<i>x</i><iframe></iframe>')
    }
    clipboard.offer([
      { mime: 'text/html', data: lazily },
      { mime: 'image/png', data: bytes('no picture') },
      { mime: 'text/plain', data: bytes('x') },
    ])
    await settle()
    const { promised } = host
    expect([promised?.mimes, read]).toEqual([['text/plain', 'text/html', 'image/png'], 0])
    expect(new TextDecoder().decode(await promised?.fetch('text/html'))).toBe('<i>x</i>')
    await promised?.fetch('text/html')
    expect(read).toBe(1)
    expect(await promised?.fetch('image/png')).toBeUndefined()
    expect(new TextDecoder().decode(await promised?.fetch('text/plain'))).toBe('x')
  })

  test('is written at once where there is no room for promises', async () => {
    const { host, clipboard } = await sharing(false)
    clipboard.offer([
      { mime: 'text/plain', data: bytes('x') },
      { mime: 'text/html', data: bytes('<script>1</script><b>x</b>') },
      { mime: 'image/png', data: PICTURE },
    ])
    await expect.poll(() => host.contents.map(({ mime }) => mime)).toEqual(['text/plain', 'text/html', 'image/png'])
    expect(new TextDecoder().decode(host.contents[1]?.data)).toBe('<b>x</b>')
    expect(Buffer.from(host.contents[2]?.data ?? []).includes('taken at home')).toBe(false)
  })

  test('is given up when the agent has nothing any more, switches off, or leaves', async () => {
    const { host, clipboard, session, clock } = await sharing()
    const ways = [() => clipboard.offer(''), () => clipboard.sync({ toCustomer: false }), () => session.leave()]
    for (const giveUp of ways) {
      clipboard.sync({ toCustomer: true })
      await settle()
      await clock.advance(1_000)
      clipboard.offer('x')
      await settle()
      expect(host.promised).toBeDefined()
      giveUp()
      await settle()
      expect(host.promised).toBeUndefined()
    }
  })

  test('says nothing of what is marked as a secret, and voids what was there (RA-CLP-021)', async () => {
    const { host, clipboard } = await sharing()
    host.copies([{ mime: 'text/plain', data: bytes('before') }])
    await settle()
    expect(clipboard.offered).toHaveLength(1)
    host.copies([{ mime: 'text/plain', data: bytes('correct horse') }], { secret: true })
    await settle()
    expect(clipboard.offered).toEqual([])
    expect(await clipboard.read()).toBeUndefined()
    clipboard.offer('before')
    await settle()
    expect(host.promised).toBeDefined()
    clipboard.offer([{ mime: 'text/plain', data: bytes('correct horse') }], { secret: true })
    await settle()
    expect(host.promised).toBeUndefined()
    expect(host.asked).toEqual([])
  })

  test('has limits, and says so: E_LIMIT beforehand where the size is known, and to whoever asks where it was not (RA-CLP-025)', async () => {
    const { host, clipboard } = await sharing()
    const much = { mime: 'image/png', data: new Uint8Array(16 * 2 ** 20 + 1) }
    expect(() => clipboard.offer([much])).toThrow(expect.objectContaining({ code: 'E_LIMIT' }))
    expect(() => clipboard.offer([{ mime: 'text/html', data: new Uint8Array(2 ** 20 + 1) }])).toThrow(expect.objectContaining({ code: 'E_LIMIT' }))
    host.copies([much], { sizes: false })
    await settle()
    await expect(clipboard.readAs('image/png')).rejects.toMatchObject({ code: 'E_LIMIT' })
    clipboard.offer([{ mime: 'image/png', data: async () => much.data }])
    await settle()
    expect(await host.promised?.fetch('image/png')).toBeUndefined()
  })
})
