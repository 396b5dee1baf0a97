import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

/** Root needs no namespace of users, which not every machine lets anybody make. */
const RIGHTS = process.getuid?.() === 0 ? [] : ['--map-root-user']
const unshare = (script: string, ...args: readonly string[]) =>
  spawnSync('unshare', [...RIGHTS, '--mount', 'sh', '-ec', script, 'sh', ...args], { encoding: 'utf8' })

const obstacle = unshare('mount -t tmpfs -o size=1m tmpfs /tmp').status === 0 ? undefined : 'a mount namespace with a small disk is not to be had'
const notRun = obstacle === undefined ? '' : `NOT RUN, as ${obstacle}: `

/** What a program beside this file says that was given a folder to itself, and one on a disk of 3 MiB. Undefined where there are no such disks. */
function onSmallDisk(program: string) {
  if (obstacle !== undefined) {
    if (process.env.CI === 'true') throw new Error(`NOT RUN: ${obstacle}`)
    return console.warn(`NOT RUN: ${obstacle}`)
  }
  const folder = mkdtempSync(join(tmpdir(), 'full-disk-'))
  const small = mkdtempSync(join(tmpdir(), 'full-disk-'))
  try {
    const script = fileURLToPath(new URL(program, import.meta.url))
    const { stdout, stderr } = unshare('mount -t tmpfs -o size=3m tmpfs "$1"; shift; exec "$@"', small, process.execPath, script, join(small, 'in'), folder)
    return JSON.parse(stdout || JSON.stringify({ stderr }))
  } finally {
    for (const path of [folder, small]) rmSync(path, { recursive: true })
  }
}

test(`${notRun}RA-FIL-016, RA-FIL-048 a disk that is full has every file that was told to be in place, and says of the others why they are not`, () => {
  const told = onSmallDisk('full-disk.mjs')
  if (told === undefined) return
  expect(told).toMatchObject({ ofLarge: 'space', faults: ['space'] })
  expect(told.arrived.length).toBeGreaterThan(50)
  expect(told.found).toEqual(told.arrived)
})

test(`${notRun}RA-FIL-016 a small disk is offered too much, alone and at a time: no byte comes of what it has no room for`, () => {
  const told = onSmallDisk('small-disk.mjs')
  if (told === undefined) return
  const refused = { code: 'E_FILE_SPACE', sentBytes: 0 }
  expect(told).toEqual({ oversize: refused, first: { arrived: ['first.bin'], sentBytes: 2_097_152 }, second: refused })
})
