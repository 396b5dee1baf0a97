import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const PROGRAM = fileURLToPath(new URL('full-disk.mjs', import.meta.url))
/** Root needs no namespace of users, which not every machine lets anybody make. */
const RIGHTS = process.getuid?.() === 0 ? [] : ['--map-root-user']
const unshare = (script: string, ...args: readonly string[]) =>
  spawnSync('unshare', [...RIGHTS, '--mount', 'sh', '-ec', script, 'sh', ...args], { encoding: 'utf8' })

const obstacle = unshare('mount -t tmpfs -o size=1m tmpfs /tmp').status === 0 ? undefined : 'a mount namespace with a small disk is not to be had'

test(`${obstacle === undefined ? '' : `NOT RUN, as ${obstacle}: `}RA-FIL-016, RA-FIL-048 a disk that is full has every file that was told to be in place, and says of the others why they are not`, () => {
  if (obstacle !== undefined) {
    if (process.env.CI === 'true') throw new Error(`NOT RUN: ${obstacle}`)
    return console.warn(`NOT RUN: ${obstacle}`)
  }
  const folder = mkdtempSync(join(tmpdir(), 'full-disk-'))
  try {
    const { stdout, stderr } = unshare('mount -t tmpfs -o size=3m tmpfs "$1"; shift; exec "$@"', folder, process.execPath, PROGRAM, join(folder, 'in'))
    const told = JSON.parse(stdout || JSON.stringify({ stderr }))
    expect(told).toMatchObject({ ofLarge: 'space', faults: ['space'] })
    expect(told.arrived.length).toBeGreaterThan(50)
    expect(told.found).toEqual(told.arrived)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
