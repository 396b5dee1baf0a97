import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const ARROWS = fileURLToPath(new URL('../arrows.mjs', import.meta.url))
const PACKAGES = ['codec', 'core', 'secure', 'transport', 'transport-websocket', 'transport-grpc', 'peer', 'ui'].map(name => `libs/${name}`)
const PROGRAMS = ['broker', 'customer', 'agent', 'testee'].map(name => `reference/${name}`)

/** One import per row that the drawing forbids: the rule that catches it, the importing file, what it imports. */
const FORBIDDEN = [
  ['codec-imports-by-the-drawing', 'libs/codec/src/a.ts', '@remote-assist/core'],
  ['core-imports-by-the-drawing', 'libs/core/src/a.ts', '@remote-assist/transport'],
  ['secure-imports-by-the-drawing', 'libs/secure/src/a.ts', '@remote-assist/core'],
  ['transport-imports-by-the-drawing', 'libs/transport/src/a.ts', '@remote-assist/codec'],
  ['transport-websocket-imports-by-the-drawing', 'libs/transport-websocket/src/a.ts', '@remote-assist/codec'],
  ['transport-grpc-imports-by-the-drawing', 'libs/transport-grpc/src/a.ts', '@remote-assist/transport-websocket'],
  ['peer-imports-by-the-drawing', 'libs/peer/src/a.ts', '@remote-assist/transport-websocket'],
  ['peer-imports-by-the-drawing', 'libs/peer/src/b.ts', '@remote-assist/broker'],
  ['broker-imports-by-the-drawing', 'reference/broker/src/a.ts', '@remote-assist/peer'],
  ['broker-cannot-reach-keys', 'reference/broker/src/b.ts', '@remote-assist/transport-grpc'],
  ['customer-imports-by-the-drawing', 'reference/customer/src/a.ts', '@remote-assist/agent'],
  ['agent-imports-by-the-drawing', 'reference/agent/src/a.ts', '@remote-assist/broker'],
  ['testee-imports-by-the-drawing', 'reference/testee/src/a.ts', '@remote-assist/conformance'],
  ['conformance-imports-by-the-drawing', 'conformance/src/a.ts', '@remote-assist/codec'],
  ['core-is-pure', 'libs/core/src/b.ts', 'node:crypto'],
  ['core-is-pure', 'libs/core/src/c.ts', 'some-library'],
  ['src-takes-no-dev-dependency', 'libs/peer/src/e.ts', 'some-library'],
  ['channels-are-strangers', 'libs/core/src/channels/input/step.ts', '../screen/step.js'],
  ['channels-are-strangers', 'libs/core/src/channels/screen/step.ts', '../../coupling.js'],
  ['runs-in-browsers', 'libs/peer/src/c.ts', 'node:fs'],
  ['browser-entries-know-no-node', 'libs/transport-websocket/src/browser.ts', 'node:net'],
  ['packages-are-entered-by-name', 'libs/core/src/d.ts', '../../codec/src/index.js'],
  ['ui-imports-by-the-drawing', 'libs/ui/src/a.ts', '@remote-assist/transport-websocket'],
  ['data-knows-no-views', 'libs/ui/src/b.ts', './browser/index.js'],
  ['no-cycles', 'libs/core/src/e.ts', './f.js'],
  ['resolvable', 'libs/core/src/g.ts', './nowhere.js'],
] as const

/** Imports that the drawing has an arrow for. */
const ALLOWED = [
  ['libs/core/src/types.ts', '@remote-assist/codec'],
  ['libs/peer/src/d.ts', '@remote-assist/core'],
  ['libs/peer/src/node/files.ts', 'node:fs'],
  ['reference/broker/src/c.ts', '@remote-assist/transport-websocket'],
  ['reference/agent/src/b.ts', '@remote-assist/peer'],
  ['reference/testee/src/b.ts', '@remote-assist/broker'],
] as const

/** What makes some of the forbidden rows forbidden: a detour from the gRPC transport to the keys, the way back of a circle, and views. */
const SURROUNDINGS = [
  ['libs/transport-grpc/src/index.ts', '@remote-assist/secure'],
  ['libs/core/src/f.ts', './e.js'],
  ['libs/ui/src/browser/index.ts', '@remote-assist/peer'],
] as const

describe('the drawing of the house', () => {
  const root = mkdtempSync(join(tmpdir(), 'arrows-'))
  let report: string
  afterAll(() => rmSync(root, { recursive: true }))
  beforeAll(async () => {
    for (const folder of [...PACKAGES, ...PROGRAMS, 'conformance']) {
      const name = `@remote-assist/${folder.split('/').at(-1)}`
      write(join(root, folder, 'package.json'), JSON.stringify({ name, type: 'module', exports: { '.': { default: './dist/index.js' } } }))
      write(join(root, folder, 'src/index.ts'), 'export const one: number = 1\n')
    }
    write(join(root, 'libs/core/src/coupling.ts'), 'export const one: number = 1\n')
    write(join(root, 'node_modules/some-library/package.json'), JSON.stringify({ name: 'some-library', main: 'index.js' }))
    write(join(root, 'node_modules/some-library/index.js'), 'exports.one = 1\n')
    for (const [file, imported] of [...SURROUNDINGS, ...ALLOWED]) write(join(root, file), importing(imported))
    for (const [, file, imported] of FORBIDDEN) write(join(root, file), importing(imported))
    report = (await arrows(root)).stdout
  })

  test.each(FORBIDDEN)('%s catches %s importing %s', (rule, file) => {
    expect(report).toContain(`${rule}: ${file} → `)
  })

  test.each(ALLOWED)('%s may import %s', file => {
    expect(report).not.toContain(` ${file} → `)
  })
})

describe('arrows as a command', () => {
  test('succeeds where every import has its arrow, and says how many it read', async () => {
    const { code, stdout } = await inFolder({ 'libs/core/src/a.ts': importing('./b.js'), 'libs/core/src/b.ts': 'export const one = 1\n' })
    expect(stdout).toBe('1 imports, 0 against the drawing\n')
    expect(code).toBe(0)
  })

  test('writes the same for a machine', async () => {
    const { json } = await inFolder({ 'libs/core/src/a.ts': importing('node:crypto') })
    expect(json).toMatchObject({ imports: 1, ok: false })
    expect(json).toHaveProperty('violations', expect.arrayContaining([{ rule: 'core-is-pure', from: 'libs/core/src/a.ts', to: 'crypto' }]))
  })

  test('an import of types alone counts', async () => {
    const { code, stdout } = await inFolder({ 'libs/core/src/a.ts': "import type { one } from 'node:crypto'\nexport type One = typeof one\n" })
    expect(stdout).toContain('core-is-pure: libs/core/src/a.ts → crypto')
    expect(code).toBe(1)
  })

  test('fails where it reads nothing', async () => {
    const { code, stdout } = await inFolder({ 'libs/core/src/a.ts': 'export const one = 1\n' })
    expect(stdout).toContain('nothing was checked')
    expect(code).toBe(1)
  })
})

function importing(specifier: string) {
  return `import { one } from '${specifier}'\nexport const two = one + 1\n`
}

function write(file: string, text: string) {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}

async function inFolder(files: Record<string, string>) {
  const root = mkdtempSync(join(tmpdir(), 'arrows-'))
  for (const [file, text] of Object.entries(files)) write(join(root, file), text)
  try {
    const file = join(root, 'arrows.json')
    const outcome = await arrows(root, '--json', file)
    const json: unknown = JSON.parse(readFileSync(file, 'utf8'))
    return { ...outcome, json }
  } finally {
    rmSync(root, { recursive: true })
  }
}

async function arrows(...args: readonly string[]): Promise<{ code: number; stdout: string }> {
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [ARROWS, ...args])
    return { code: 0, stdout }
  } catch (error) {
    const { code, stdout } = error as { code: number; stdout: string }
    return { code, stdout }
  }
}
