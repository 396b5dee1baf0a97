import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const STRESSED = fileURLToPath(new URL('../stressed.mjs', import.meta.url))

/** Runs a program under stress: its exit code and what it printed. */
const stressed = (...args: readonly string[]) =>
  new Promise<{ readonly code: unknown; readonly out: string; readonly err: string }>(resolve =>
    execFile(process.execPath, [STRESSED, ...args], (error, out, err) => resolve({ code: error?.code ?? 0, out, err })),
  )

test('ends as the program does, with what it printed', async () => {
  expect(await stressed(process.execPath, '-e', "console.log('done')")).toMatchObject({ code: 0, out: 'done\n' })
  expect((await stressed(process.execPath, '-e', 'process.exit(3)')).code).toBe(3)
  expect((await stressed(process.execPath, '-e', "process.kill(process.pid, 'SIGKILL')")).code).toBe(137)
})

test('says what is wrong where there is no program', async () => {
  expect(await stressed()).toMatchObject({ code: 2, err: expect.stringContaining('Which program') })
  expect(await stressed('/nowhere/program')).toMatchObject({ code: 127, err: expect.stringContaining('/nowhere/program cannot be started') })
})

test('every core is wanted by something else meanwhile', async () => {
  // How much of the processor this process and its threads had, in cores: the rivals run in the process around it, which the kernel counts.
  const program = `
    const { readFileSync } = require('node:fs')
    const ticks = () => readFileSync('/proc/' + process.ppid + '/stat', 'utf8').split(') ')[1].split(' ').slice(11, 13).reduce((sum, text) => sum + Number(text), 0)
    const before = ticks()
    const look = () => ticks() > before + 20 ? console.log('busy') : setTimeout(look, 10)
    look()`
  expect((await stressed(process.execPath, '-e', program)).out).toBe('busy\n')
})
