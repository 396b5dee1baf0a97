import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { X_PACKAGES } from '../lib/x-desktop.mjs'
import { describeWith, Script } from './programs.js'

const LIMIT_MS = 240_000

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'demo-test-'))
})

afterEach(async () => {
  await rm(folder, { recursive: true })
})

/** Runs the demonstration as a user does, with a temporary folder of its own. */
async function demo(host: string) {
  const file = join(folder, 'demo.json')
  const temporary = await mkdtemp(join(folder, 'tmp-'))
  const script = new Script(['demo', '--', '--host', host, '--json', file], { TMPDIR: temporary })
  const code = await script.ended
  const { steps, ok } = JSON.parse(await readFile(file, 'utf8'))
  return { code, steps, ok, left: await readdir(temporary) }
}

const holds = (host: string) =>
  test(
    'every step holds, and nothing is left behind',
    async () => {
      const { code, steps, ok, left } = await demo(host)
      expect(steps.filter((step: { ok: boolean }) => !step.ok)).toEqual([])
      expect({ code, ok, left }).toEqual({ code: 0, ok: true, left: [] })
      expect(steps).toHaveLength(19)
      expect(steps[0]).toEqual({ name: 'create', title: expect.any(String), ok: true, ms: expect.any(Number), detail: expect.any(String) })
    },
    LIMIT_MS,
  )

describe('the demonstration on the virtual desktop', () => {
  holds('virtual')

  test(
    'a host that does not exist is refused with a sentence',
    async () => {
      const script = new Script(['demo', '--', '--host', 'paper'])
      expect(await script.ended).toBe(1)
      expect(script.lines.at(-1)).toBe('--host is x11 or virtual, not paper.')
    },
    LIMIT_MS,
  )
})

describeWith([...X_PACKAGES, 'xclip'], 'the demonstration on a real X display', () => holds('x11'))
