import { createHash, randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Seen } from '../../src/host-compliance/support.js'
import { type X11Host, x11Host } from '../../src/hosts/index.js'
import { XConnection } from '../../src/hosts/x11/connection.js'
import type { Property } from '../../src/hosts/x11/wire.js'
import { describeWith } from './needs.js'
import { XOwner } from './x-owner.js'
import { X_PROGRAMS, XServer } from './x-server.js'

const MIB = 2 ** 20
const LIMIT = 16 * MIB

type Formats = readonly { readonly mime: string; readonly bytes: number }[]

const digest = (data: Uint8Array | undefined): string =>
  createHash('sha256')
    .update(data ?? 'nothing')
    .digest('hex')

describeWith([...X_PROGRAMS, 'xsel'], 'X11 clipboard', () => {
  let server: XServer
  let host: X11Host
  beforeAll(async () => {
    server = await XServer.start()
    host = await x11Host(server.display)
  })
  afterAll(async () => {
    await host.close()
    await server[Symbol.asyncDispose]()
  })

  /** What the host says of what `act` does; the first that `isSo`. */
  async function told(act: () => Promise<unknown>, isSo: (formats: Formats) => boolean = () => true): Promise<Formats> {
    const changes = new Seen<Formats>()
    const stop = host.clipboard.onChange(changes.add)
    await act()
    const formats = await changes.until('a call of onChange', isSo)
    stop()
    return formats
  }
  const offers = (mime: string) => (formats: Formats) => formats.some(format => format.mime === mime)
  /** The digest of what another program pastes. */
  const pasted = async (command: string) => (await server.run('sh', '-c', `${command} | sha256sum`)).slice(0, 64)

  it('gives five mebibytes to xclip and to xsel, in pieces, to the byte', async () => {
    const picture = new Uint8Array(randomBytes(5 * MIB))
    const text = new TextEncoder().encode('größer 漢字 '.repeat(MIB / 16))
    await host.clipboard.write([
      { mime: 'image/png', data: picture },
      { mime: 'text/plain', data: text },
    ])
    expect(await pasted('xclip -selection clipboard -out -target image/png')).toBe(digest(picture))
    expect(await pasted('xsel --clipboard --output')).toBe(digest(text))
    expect((await server.run('xclip', '-selection', 'clipboard', '-out', '-target', 'TARGETS')).split('\n')).toEqual(
      expect.arrayContaining(['TARGETS', 'TIMESTAMP', 'MULTIPLE', 'image/png', 'UTF8_STRING', 'text/plain;charset=utf-8', 'STRING']),
    )
    expect(Number(await server.run('xclip', '-selection', 'clipboard', '-out', '-target', 'TIMESTAMP').catch(() => 1))).not.toBe(0)
  })

  it('serves many programs at one time, each whole', async () => {
    const data = new Uint8Array(randomBytes(2 * MIB))
    await host.clipboard.write([{ mime: 'image/png', data }])
    const digests = await Promise.all(Array.from({ length: 6 }, () => pasted('xclip -selection clipboard -out -target image/png')))
    expect(new Set(digests)).toEqual(new Set([digest(data)]))
  })

  it('takes five mebibytes of xclip, and two of a program with pieces of its own size', async () => {
    const picture = randomBytes(5 * MIB)
    const file = join(server.folder, 'picture')
    await writeFile(file, picture)
    await told(async () => server.spawn('xclip', ['-selection', 'clipboard', '-in', '-target', 'image/png', file]), offers('image/png'))
    expect(digest(await host.clipboard.read('image/png', LIMIT))).toBe(digest(picture))
    await expect(host.clipboard.read('image/png', picture.length - 1)).rejects.toMatchObject({ code: 'E_TOO_LARGE' })
    const text = randomBytes(MIB).toString('hex')
    await writeFile(file, text)
    await told(async () => server.spawn('sh', ['-c', `exec xsel --clipboard --input --nodetach < '${file}'`]), offers('text/plain'))
    expect(digest(await host.clipboard.read('text/plain', LIMIT))).toBe(digest(Buffer.from(text)))
    let owner: XOwner | undefined
    await told(
      async () => {
        owner = await XOwner.take(server.display, { 'image/png': picture.subarray(0, 2 * MIB + 17) }, { pieceBytes: 100_001 })
      },
      formats => formats.length === 1,
    )
    expect(digest(await host.clipboard.read('image/png', LIMIT))).toBe(digest(picture.subarray(0, 2 * MIB + 17)))
    owner?.die()
  })

  it('goes on with a transfer when another program takes the clipboard meanwhile, and gives what that one has to nobody who asked before', async () => {
    const data = new Uint8Array(randomBytes(3 * MIB))
    await host.clipboard.write([{ mime: 'image/png', data }])
    const running = pasted('xclip -selection clipboard -out -target image/png')
    const later = XOwner.take(server.display, { UTF8_STRING: 'a secret of later' })
    const pastedMeanwhile = await running
    // Either it began before, and is whole, or it began after, and has nothing.
    expect([digest(data), digest(new Uint8Array())]).toContain(pastedMeanwhile)
    ;(await later).die()

    const first = await taken({ 'image/png': Buffer.from(data) }, { pieceBytes: 65_536 })
    const reading = host.clipboard.read('image/png', LIMIT)
    await first.untilAsked('65536 bytes', 3)
    const second = await XOwner.take(server.display, { UTF8_STRING: 'of later', 'image/png': 'of later' })
    expect(digest(await reading)).toBe(digest(data))
    first.die()
    second.die()
  })

  it('does not read from whoever took the clipboard since it told what was there', async () => {
    const first = await taken({ UTF8_STRING: 'told' })
    const second = await XOwner.take(server.display, { UTF8_STRING: 'not told yet' })
    expect(await host.clipboard.read('text/plain', LIMIT)).toBeUndefined()
    first.die()
    second.die()
  })

  it('rejects with E_HOST when the owner dies in the middle, stops in the middle, or never answers; and reads what is copied next', async () => {
    const data = randomBytes(MIB)
    const dying = await taken({ 'image/png': data }, { pieceBytes: 65_536, pieces: 4 })
    const reading = host.clipboard.read('image/png', LIMIT)
    reading.catch(() => {})
    await dying.untilAsked('65536 bytes', 4)
    const began = performance.now()
    dying.die()
    await expect(reading).rejects.toMatchObject({ code: 'E_HOST', message: 'The program that owned the clipboard is gone.' })
    expect(performance.now() - began).toBeLessThan(2_500)
    for (const manners of [{ pieceBytes: 65_536, pieces: 2 }, { silent: true }]) {
      const stuck = await taken({ 'image/png': data }, manners)
      await expect(host.clipboard.read('image/png', LIMIT)).rejects.toMatchObject({
        code: 'E_HOST',
        message: 'The program that owns the clipboard does not answer.',
      })
      stuck.die()
    }
    await told(() => server.copy('next'), offers('text/plain'))
    expect(new TextDecoder().decode(await host.clipboard.read('text/plain', LIMIT))).toBe('next')
  })

  it('says that there is nothing any more when the owner dies (RA-CLP-018)', async () => {
    const owner = await taken({ UTF8_STRING: 'soon gone' })
    expect(
      await told(
        async () => owner.die(),
        formats => formats.length === 0,
      ),
    ).toEqual([])
    expect(await host.clipboard.read('text/plain', LIMIT)).toBeUndefined()
  })

  it('marks what a password manager copies as a secret, and nothing else (RA-CLP-021)', async () => {
    const marks = new Seen<boolean>()
    const stop = host.clipboard.onChange((_formats, secret = false) => marks.add(secret))
    for (const [hint, secret] of [
      ['secret', true],
      ['public', false],
    ] as const) {
      const owner = await XOwner.take(server.display, { UTF8_STRING: 'correct horse', 'x-kde-passwordManagerHint': hint })
      await marks.until('a call of onChange', mark => mark === secret)
      expect(owner.asked).not.toContain('UTF8_STRING')
      owner.die()
    }
    stop()
  })

  it('fetches what it promised once somebody pastes, and gives up what it is told to', async () => {
    const fetched: string[] = []
    const contents: Readonly<Record<string, string>> = { 'text/plain': 'promised', 'text/html': '<p>promised</p>' }
    const release = await host.clipboard.promise?.(['text/plain', 'text/html', 'image/png'], async mime => {
      fetched.push(mime)
      return contents[mime] === undefined ? undefined : new TextEncoder().encode(contents[mime])
    })
    expect(fetched).toEqual([])
    expect(await server.run('xclip', '-selection', 'clipboard', '-out', '-target', 'text/html')).toBe(
      '<meta http-equiv="content-type" content="text/html; charset=utf-8"><p>promised</p>',
    )
    await expect(server.run('xclip', '-selection', 'clipboard', '-out', '-target', 'image/png')).rejects.toThrow()
    expect(await server.paste()).toBe('promised')
    expect(fetched).toEqual(['text/html', 'image/png', 'text/plain'])
    release?.()
    await expect(server.paste()).rejects.toThrow()
    await server.copy('another')
    release?.()
    expect(await server.paste()).toBe('another')
  })

  it('answers a request for several formats at once, with what there is of them', async () => {
    await host.clipboard.write([
      { mime: 'text/plain', data: new TextEncoder().encode('ä') },
      { mime: 'text/html', data: new TextEncoder().encode('<p>ä</p>') },
    ])
    const asker = await XConnection.open(server.display)
    const { x } = asker
    const window = x.AllocID()
    x.CreateWindow(window, asker.root, 0, 0, 1, 1)
    const atom = (name: string) => asker.atom(name)
    const pairs = await Promise.all(['STRING', 'ONE', 'image/png', 'TWO', 'UTF8_STRING', 'THREE'].map(atom))
    const list = await atom('LIST')
    const answered = new Promise<void>(resolve => asker.onEvent(event => event.name === 'SelectionNotify' && event.property === list && resolve()))
    x.ChangeProperty(0, window, list, await atom('ATOM_PAIR'), 32, pairs)
    x.ConvertSelection(window, await atom('CLIPBOARD'), await atom('MULTIPLE'), list, 0)
    await answered
    const property = async (name: number) => (await asker.request<Property>(done => x.GetProperty(0, window, name, 0, 0, 100, done))).data
    const left = await property(list)
    expect(pairs.map((_, i) => left.readUInt32LE(i * 4))).toEqual(pairs.map((pair, i) => (i === 3 ? 0 : pair)))
    expect((await property(pairs[1] as number)).toString('latin1')).toBe('ä')
    expect((await property(pairs[5] as number)).toString('utf8')).toBe('ä')
    asker.close()
  })

  async function taken(
    ...how: [targets: Record<string, Buffer | string>, manners?: { pieceBytes?: number; pieces?: number; silent?: boolean }]
  ): Promise<XOwner> {
    let owner: XOwner | undefined
    await told(
      async () => {
        owner = await XOwner.take(server.display, ...how)
      },
      formats => formats.length > 0,
    )
    return owner as XOwner
  }
})
