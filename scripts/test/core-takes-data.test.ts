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

const core = mkdtempSync(join(tmpdir(), 'core-'))
afterAll(() => rmSync(core, { recursive: true }))
write('node_modules/@remote-assist/codec/package.json', '{ "name": "@remote-assist/codec", "type": "module", "types": "./index.d.ts" }')
write('node_modules/@remote-assist/codec/index.d.ts', CODEC)
write('tsconfig.json', '{ "compilerOptions": { "module": "NodeNext", "lib": ["ES2023"], "types": [], "strict": true }, "include": ["src"] }')

test.each([
  ["import { LIMITS, RULES, Role } from '@remote-assist/codec'", 3],
  ["import type { Frame, decode } from '@remote-assist/codec'", 0],
  ["import { type Frame, Role } from '@remote-assist/codec'", 1],
  ["export { Role } from '@remote-assist/codec'", 1],
])('the core may say %s', async (source, values) => {
  expect(await check(source)).toEqual({ code: 0, stdout: `${values} values taken from the codec, 0 of them not data\n` })
})

test.each([
  ['decode', "import { decode } from '@remote-assist/codec'"],
  ['Frame', "import { Frame } from '@remote-assist/codec'"],
  ['Writer', "import { Writer } from '@remote-assist/codec'"],
  ['HIDDEN', "import { HIDDEN } from '@remote-assist/codec'"],
  ['codec', "import * as codec from '@remote-assist/codec'"],
  ['decode', "export { decode } from '@remote-assist/codec'"],
  ['@remote-assist/codec', "export * from '@remote-assist/codec'"],
])('the core may not take %s: %s', async (name, source) => {
  const { code, stdout } = await check(source)
  expect(stdout).toContain(`a.ts:1: ${name} is not data`)
  expect(code).toBe(1)
})

function write(file: string, text: string) {
  mkdirSync(join(core, file, '..'), { recursive: true })
  writeFileSync(join(core, file), text)
}

async function check(source: string): Promise<{ code: number; stdout: string }> {
  write('src/a.ts', `${source}\n`)
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [join(ROOT, 'scripts/checks/core-takes-data.mjs'), core])
    return { code: 0, stdout }
  } catch (error) {
    const { code, stdout } = error as { code: number; stdout: string }
    return { code, stdout }
  }
}
