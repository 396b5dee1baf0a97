import { Permission } from '@remote-assist/codec'
import { describe, expect, test, vi } from 'vitest'
import { PASTE_PATIENCE_MS } from '../../src/desktop/injector.js'
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

  constructor(promises: boolean, givenByHand: boolean) {
    super()
    this.clipboard = {
      givenByHand,
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

async function sharing(promises = true, givenByHand = false) {
  const host = new Desk(promises, givenByHand)
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

  test('that came from an agent is offered to nobody, also where a clipboard manager copies it anew (RA-CLP-015, RA-CLP-016)', async () => {
    const { host, clipboard, session } = await sharing()
    const offers: (readonly string[])[] = []
    session.on('clipboard', formats => offers.push(formats.map(({ mime }) => mime)))
    clipboard.offer([
      { mime: 'text/plain', data: bytes('theirs') },
      { mime: 'text/html', data: bytes('<b>theirs</b>') },
    ])
    await settle()
    const taken = host.promised
    const managed = await Promise.all((taken?.mimes ?? []).map(async mime => ({ mime, data: (await taken?.fetch(mime)) ?? new Uint8Array() })))
    host.copies(managed, { sizes: false })
    await settle()
    // It has the text alone.
    host.copies([{ mime: 'text/plain', data: bytes('theirs') }])
    await settle()
    expect(offers).toEqual([])
    const [own, stale] = [bytes('the customer’s own'), bytes('gone before it was looked at')]
    host.copies([{ mime: 'text/plain', data: stale }])
    host.copies([{ mime: 'text/plain', data: own }])
    // What is there is compared with what came, which takes as long as the machine's hashing does.
    await vi.waitFor(() => expect(offers).toEqual([['text/plain']]))
    expect(await clipboard.read()).toBe('the customer’s own')
    // An older entry of its list, after the agent has copied something else.
    clipboard.offer('and more')
    await settle()
    host.copies([{ mime: 'text/plain', data: bytes('theirs') }])
    await settle()
    expect(offers.filter(formats => formats.length > 0)).toEqual([['text/plain']])
  })

  test('that came from an agent is offered to it all the same where the person gives it by hand', async () => {
    const { host, clipboard, session } = await sharing(false, true)
    const offers: (readonly string[])[] = []
    session.on('clipboard', formats => offers.push(formats.map(({ mime }) => mime)))
    clipboard.offer('theirs')
    await vi.waitFor(() => expect(host.contents).toHaveLength(1))
    host.copies([{ mime: 'text/plain', data: bytes('theirs') }])
    await settle()
    expect(offers.filter(formats => formats.length > 0)).toEqual([['text/plain']])
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

describe('a key that pastes', () => {
  const CONTROL = 0xe0
  const [KEY_A, KEY_V] = [0x04, 0x19]
  const press = (usage: number, down = true) => ({ key: usage, down })

  /** An agent in control of a desktop to whose clipboard nothing gets before `come`. */
  async function slow(promises: boolean) {
    let come = (): void => undefined
    const gate = new Promise<void>(resolve => {
      come = resolve
    })
    const stage = await sharing(promises)
    const { host, session, clipboard } = stage
    const { promise } = host.clipboard
    if (promise !== undefined) host.clipboard.promise = async (...args) => gate.then(() => promise(...args))
    await session.control.request()
    const copy = () => clipboard.offer([{ mime: 'text/plain', data: async () => gate.then(() => bytes('x')) }])
    return { ...stage, come, copy }
  }

  test.each([true, false])('pastes what was copied right before it, and other keys wait for nothing (promises: %s)', async promises => {
    const { session, host, come, copy } = await slow(promises)
    copy()
    session.input.down('KeyA')
    session.input.up('KeyA')
    session.input.down('ControlLeft')
    session.input.down('KeyV')
    session.input.up('KeyV')
    await settle()
    const before = [press(KEY_A), press(KEY_A, false), press(CONTROL)]
    expect([host.done, host.contents, host.promised]).toEqual([before, [], undefined])
    come()
    await expect.poll(() => host.done).toEqual([...before, press(KEY_V), press(KEY_V, false)])
    expect(promises ? host.promised?.mimes : host.contents.map(({ mime }) => mime)).toEqual(['text/plain'])
    // What is there already is waited for no more.
    session.input.down('KeyV')
    await settle()
    expect(host.done).toHaveLength(6)
  })

  test('waits no longer than a moment', async () => {
    const { session, host, clock, copy } = await slow(true)
    copy()
    session.input.down('ControlLeft')
    session.input.down('KeyV')
    await clock.advance(PASTE_PATIENCE_MS - 1)
    expect(host.done).toEqual([press(CONTROL)])
    await clock.advance(1)
    expect(host.done).toEqual([press(CONTROL), press(KEY_V)])
  })

  test.each(['revoke', 'stop'] as const)('holds up no release when the customer ends it: %s', async end => {
    const { session, host, customer, copy, come } = await slow(true)
    copy()
    session.input.down('ControlLeft')
    session.input.down('KeyV')
    await settle()
    if (end === 'stop') void customer.stop()
    else customer.revoke(Permission.CONTROL_INPUT, session.self)
    await settle()
    const released = [press(CONTROL), press(CONTROL, false), press(KEY_V, false)]
    expect(host.done).toEqual(released)
    come()
    await settle()
    expect(host.done).toEqual(released)
  })
})
