import { spawn } from 'node:child_process'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { access, chmod, mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { diskFiles } from '../../src/node/file-store.js'
import { markOf } from '../../src/node/file-store-mark.js'
import { Pair } from './pair.js'
import { bytesOf, readTree, writeTree } from './trees.js'

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

describe('what was received', () => {
  test('RA-FIL-049 is neither opened, nor run, nor unpacked: it lies there as it came', async () => {
    await using pair = await Pair.open()
    const trace = join(pair.root, 'it ran')
    const script = `#!/bin/sh\necho > '${trace}'\n`

    const files = {
      'setup.sh': script,
      'AppRun.desktop': `[Desktop Entry]\nType=Application\nExec=/bin/sh -c "echo > '${trace}'"\n`,
      'autorun.inf': '[autorun]\nopen=setup.sh\n',
      'inner.txt.gz': gzipSync('inside of an archive'),
    }
    await writeTree(pair.source, Object.fromEntries(Object.entries(files).map(([name, data]) => [name, Uint8Array.from(Buffer.from(data))])))
    await chmod(join(pair.source, 'setup.sh'), 0o755)
    const started: unknown[] = []
    const seen = (message: unknown) => started.push(message)
    subscribe('child_process', seen)
    try {
      const receiving = pair.customer.files.once('offer').then(offer => offer.accept())
      await pair.agent.files.send(Object.keys(files).map(name => join(pair.source, name))).done
      await (await receiving).done
      expect(started).toEqual([])
      expect(await exists(trace)).toBe(false)
      expect(await readTree(pair.customer.folder)).toEqual(await readTree(pair.source))
      // Were it run, both would show.
      await once(spawn(join(pair.customer.folder, 'setup.sh')), 'close')
      expect([started.length, await exists(trace)]).toEqual([1, true])
    } finally {
      unsubscribe('child_process', seen)
    }
  })

  test('is marked, where the system does so, while it is complete and not yet at its final name', async () => {
    const marked: { readonly path: string; readonly size: number; readonly final: boolean }[] = []
    await using pair = await Pair.open({
      platform: folder =>
        diskFiles({
          folder,
          mark: async path => {
            const final = await Promise.all(['a.bin', 'tree/b.bin', 'empty'].map(name => exists(join(folder, name))))
            const { size } = await stat(path)
            marked.push({ path, size, final: final[[70_000, 9, 0].indexOf(size)] ?? true })
          },
        }),
    })
    await writeTree(pair.source, { 'a.bin': bytesOf(70_000), tree: { 'b.bin': bytesOf(9) }, empty: bytesOf(0) })
    const receiving = pair.customer.files.once('offer').then(offer => offer.accept())
    await pair.agent.files.send(['a.bin', 'tree', 'empty'].map(name => join(pair.source, name))).done
    await (await receiving).done
    expect(marked.map(({ size, final }) => [size, final]).sort()).toEqual([
      [0, false],
      [70_000, false],
      [9, false],
    ])
    expect(await readTree(pair.customer.folder)).toEqual(await readTree(pair.source))
  })

  test('gets the mark of Windows in the stream that Windows reads, and none where the system has none', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'mark-'))
    try {
      await markOf('win32')?.(join(folder, 'a.exe'))
      expect(await readFile(join(folder, 'a.exe:Zone.Identifier'), 'utf8')).toBe('[ZoneTransfer]\r\nZoneId=3\r\n')
      expect(markOf('linux')).toBeUndefined()
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})
