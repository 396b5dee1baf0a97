import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { describe, expect, test } from 'vitest'
import { capture, ROOT } from '../lib/run.mjs'

// A command counts as ended when the last of its descendants closed its output: that it ended at all shows that they did.

describe('a command', () => {
  test('resolves with its exit code and all that it printed', async () => {
    expect(await capture(['sh', '-c', 'echo out; echo err >&2; exit 7'])).toEqual({ code: 7, output: expect.stringMatching(/out\nerr|err\nout/) })
  })

  test('finds the programs of the installed packages', async () => {
    expect((await capture(['biome', '--version'])).code).toBe(0)
  })

  test('that takes too long is ended with its descendants', async () => {
    const { code, output } = await capture(['sh', '-c', 'sleep 600 & wait'], { timeoutMs: 300 })
    expect(code).toBe(124)
    expect(output).toContain('it took longer than 0.3 s')
  })
})

// A shell that was forked to become `sleep` would still hear a signal as its parent does, and go on: ready is who is a descendant in earnest.
test('a signal reaches the descendants, and the process ends after them, with no later command started', async () => {
  const program = `
    import { run, stopChildrenOnSignals } from './scripts/lib/run.mjs'
    stopChildrenOnSignals()
    await run(['sh', '-c', 'trap "echo last words; exit" TERM; sleep 600 & until grep -q sleep /proc/$!/comm; do :; done; echo ready; wait'])
    await run(['echo', 'later'])`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] })
  const lines: string[] = []
  const reader = createInterface(child.stdout).on('line', line => lines.push(line))
  await once(reader, 'line')
  child.kill('SIGTERM')
  const [code] = await once(child, 'close')
  expect(code).toBe(143)
  expect(lines).toEqual(['ready', 'last words'])
})
