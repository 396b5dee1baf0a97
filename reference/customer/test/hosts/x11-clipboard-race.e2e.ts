import { expect, it } from 'vitest'
import { Seen } from '../../src/host-compliance/support.js'
import { X11Clipboard } from '../../src/hosts/x11/clipboard.js'
import { XConnection } from '../../src/hosts/x11/connection.js'
import type { FixesExtension, XClient } from '../../src/hosts/x11/wire.js'
import { describeWith } from './needs.js'
import { XOwner } from './x-owner.js'
import { X_PROGRAMS, XServer } from './x-server.js'

describeWith(X_PROGRAMS, 'an X11 clipboard that another program takes at the same moment', () => {
  it('is the other program’s: what it copied is told and read, and so is what is copied later', async () => {
    await using server = await XServer.start()
    const connection = await XConnection.open(server.display)
    const fixes = await connection.extension<FixesExtension>('fixes')
    if (fixes === undefined) throw new Error('The display has no XFIXES.')
    const clipboard = await X11Clipboard.open(connection, fixes)
    const told = new Seen<unknown>()
    clipboard.onChange(told.add)

    // The other one comes between our look at the server's clock and our taking.
    const { x } = connection
    const setOwner = x.SetSelectionOwner.bind(x)
    const late = new Promise<void>((resolve, reject) => {
      const client: Pick<XClient, 'SetSelectionOwner'> = {
        SetSelectionOwner: (...taken) => {
          x.SetSelectionOwner = setOwner
          XOwner.take(server.display, { UTF8_STRING: 'theirs' }).then(() => {
            setOwner(...taken)
            resolve()
          }, reject)
        },
      }
      Object.assign(x, client)
    })
    const getOwner = x.GetSelectionOwner.bind(x)
    x.GetSelectionOwner = (...asked) => void late.then(() => getOwner(...asked))

    await expect(clipboard.write([{ mime: 'text/plain', data: new TextEncoder().encode('ours') }])).rejects.toMatchObject({ code: 'E_HOST' })
    x.GetSelectionOwner = getOwner
    await told.until('word of what the other program copied')
    expect(Buffer.from((await clipboard.read('text/plain', 100)) ?? []).toString()).toBe('theirs')
    expect(await server.paste()).toBe('theirs')
    const before = told.all.length
    await server.copy('later')
    await told.until('word of what is copied later', () => told.all.length > before)
    expect(Buffer.from((await clipboard.read('text/plain', 100)) ?? []).toString()).toBe('later')
    clipboard.close()
    connection.close()
  })
})
