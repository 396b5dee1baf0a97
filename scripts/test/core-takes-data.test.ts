import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, test } from 'vitest'
import { ROOT } from '../lib/run.mjs'

const CODEC = `
export declare enum Role { AGENT = 1, VIEWER = 2 }
export declare const LIMITS: { readonly bytes: number; readonly names: readonly string[] }
export declare const RULES: ReadonlyMap<number, { readonly roles: readonly Role[] }>
export declare const Frame: { encode(message: Frame): Uint8Array }
export declare const HIDDEN: { readonly deep: readonly { readonly check: () => boolean }[] }
export declare function decode(bytes: Uint8Array): Frame
export declare class Writer { finish(): void }
export interface Frame { readonly sequence: bigint }
`

const ALLOWED = {
  data: "import { LIMITS, RULES, Role } from '@remote-assist/codec'",
  types: "import type { Frame, decode } from '@remote-assist/codec'",
  mixed: "import { type Frame, Role } from '@remote-assist/codec'",
  passed: "export { Role } from '@remote-assist/codec'",
}

/** By the name of the file: what is not data in it, and the file. */
const FORBIDDEN = {
  call: ['decode', "import { decode } from '@remote-assist/codec'"],
  message: ['Frame', "import { Frame } from '@remote-assist/codec'"],
  class: ['Writer', "import { Writer } from '@remote-assist/codec'"],
  hidden: ['HIDDEN', "import { HIDDEN } from '@remote-assist/codec'"],
  namespace: ['codec', "import * as codec from '@remote-assist/codec'"],
  passed: ['decode', "export { decode } from '@remote-assist/codec'"],
  everything: ['@remote-assist/codec', "export * from '@remote-assist/codec'"],
}

const folder = mkdtempSync(join(tmpdir(), 'core-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('types, enums and plain data may be taken', async () => {
  expect(await check(ALLOWED)).toEqual({ code: 0, stdout: '5 values taken from the codec, 0 of them not data\n' })
})

test('each thing that acts is named, with its place', async () => {
  const { code, stdout } = await check(Object.fromEntries(Object.entries(FORBIDDEN).map(([name, [, source]]) => [name, source])))
  for (const [name, [culprit]] of Object.entries(FORBIDDEN)) expect(stdout).toContain(`${name}.ts:1: ${culprit} is not data`)
  expect(code).toBe(1)
})

/** Runs the check over a core that consists of these files, by name. */
async function check(files: Record<string, string | undefined>): Promise<{ code: number; stdout: string }> {
  const core = mkdtempSync(join(folder, 'core-'))
  const write = (file: string, text: string) => {
    mkdirSync(join(core, file, '..'), { recursive: true })
    writeFileSync(join(core, file), text)
  }
  write('node_modules/@remote-assist/codec/package.json', '{ "name": "@remote-assist/codec", "type": "module", "types": "./index.d.ts" }')
  write('node_modules/@remote-assist/codec/index.d.ts', CODEC)
  write('tsconfig.json', '{ "compilerOptions": { "module": "NodeNext", "lib": ["ES2023"], "types": [], "strict": true }, "include": ["src"] }')
  for (const [name, source] of Object.entries(files)) write(`src/${name}.ts`, `${source}\n`)
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [join(ROOT, 'scripts/checks/core-takes-data.mjs'), core])
    return { code: 0, stdout }
  } catch (error) {
    const { code, stdout } = error as { code: number; stdout: string }
    return { code, stdout }
  }
}
