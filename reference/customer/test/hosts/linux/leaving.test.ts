import { fileURLToPath } from 'node:url'
import { helperAuthority } from '@remote-assist/peer'
import { expect, test } from 'vitest'
import { LinuxElevation } from '../../../src/hosts/linux/index.js'

const LEAVING_DOOR = fileURLToPath(new URL('./leaving-door.mjs', import.meta.url))

test('a helper that ends between its key and the credentials is noticed as soon as they are there (RA-ELV-028)', async () => {
  const elevation = new LinuxElevation({ runtime: [process.execPath, LEAVING_DOOR] })
  const slot = await elevation.awaitCredentials({ session: new Uint8Array(16), requestId: 1 })
  // Resolves when no helper is there any more.
  await elevation.close()
  const { signal } = new AbortController()
  const started = slot.start({ sealed: new Uint8Array(60), scope: 'admin', durationMs: 60_000, authority: helperAuthority(), signal, progress: () => {} })
  await expect(started).rejects.toMatchObject({ code: 'E_HOST' })
})

test('a helper that cannot be started at all gives no key', async () => {
  const elevation = new LinuxElevation({ runtime: ['/nonexistent/node'] })
  await expect(elevation.awaitCredentials({ session: new Uint8Array(16), requestId: 1 })).rejects.toMatchObject({ code: 'E_HOST' })
})
