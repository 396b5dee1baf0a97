import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { faultsOf } from '../lib/gate.mjs'
import { acceptSpec, readSpec } from '../lib/spec.mjs'

/** Makes a source tree with these files, which is gone when the test ends. */
export function makeTree(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'spec-tree-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  for (const [file, text] of Object.entries({ 'docs/spec/empty.md': '# Empty\n', ...files })) write(root, file, text)
  return root
}

/** Writes one file of a tree. */
export function write(root: string, file: string, text: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true })
  writeFileSync(join(root, file), text)
}

/** Accepts the tree's prose as reviewed. */
export const accept = (root: string): void => acceptSpec(root, readSpec(root))

/** What the gate has against a tree, each as `where: message`. */
export function complaints(root: string): string[] {
  const spec = readSpec(root)
  return [...spec.faults, ...faultsOf(spec)].map(({ where, message }) => `${where}: ${message}`)
}

/** A requirement as a line of a page. */
export const item = (id: string, text = 'The broker MUST answer.'): string => `- **${id}** · broker · relay · wire — ${text}\n`

/** A test file with one test of this title. */
export const testOf = (title: string): string => `import { test } from 'vitest'\ntest('${title}', () => {})\n`
