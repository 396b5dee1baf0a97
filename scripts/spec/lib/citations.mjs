import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import ts from 'typescript'
import { ID } from './item.mjs'

/**
 * Where an id is named. `test`: in the title of a test that runs, or in a conformance case; such a citation covers a requirement. `reference`: anywhere else in
 * code and schema; it only has to lead somewhere.
 *
 * @typedef {{ id: string, file: string, line: number, kind: 'test' | 'reference' }} Citation
 */

const SKIPPED_FOLDERS = new Set(['node_modules', 'dist', 'coverage', 'gen', '.git', '.cache', '.turbo'])
const SOURCES = /\.(?:ts|mjs|proto)$/
const TESTS = /\.(?:test|e2e)\.ts$/
const CASES = /^conformance\/cases\/.*\.ya?ml$/
const TEST_FUNCTIONS = new Set(['describe', 'it', 'test'])
const NOT_RUN = new Set(['skip', 'todo', 'fails'])

/**
 * Every citation in a source tree. The tests of these scripts are left out: their ids belong to made-up trees.
 *
 * @param {string} root
 * @returns {Citation[]}
 */
export function readCitations(root) {
  return [...filesBelow(root)]
    .map(path => relative(root, path).replaceAll('\\', '/'))
    .filter(file => !file.startsWith('scripts/spec/') && (SOURCES.test(file) || CASES.test(file)))
    .flatMap(file => citationsIn(file, readFileSync(join(root, file), 'utf8')))
}

/** The citations of one file, by the kind of file that its name says it is. @returns {Citation[]} */
export function citationsIn(file, text) {
  const named = [...text.matchAll(ID)].map(({ 0: id, index }) => ({ id, index }))
  if (named.length === 0) return []
  const inTitles = TESTS.test(file) ? titlesIn(file, text) : []
  const covers = index => CASES.test(file) || inTitles.some(({ start, end }) => index >= start && index < end)
  return named.map(({ id, index }) => ({ id, file, line: lineOf(text, index), kind: covers(index) ? 'test' : 'reference' }))
}

/** Where the titles of tests that run stand in a file. */
function titlesIn(file, text) {
  /** @type {{ start: number, end: number }[]} */
  const titles = []
  const visit = (node, runs) => {
    let below = runs
    if (ts.isCallExpression(node)) {
      const names = namesOf(node.expression)
      if (TEST_FUNCTIONS.has(names[0] ?? '')) {
        below = runs && !names.some(name => NOT_RUN.has(name))
        const title = node.arguments[0]
        if (below && title !== undefined && isText(title)) titles.push({ start: title.getStart(), end: title.getEnd() })
      }
    }
    ts.forEachChild(node, child => visit(child, below))
  }
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true), true)
  return titles
}

const isText = node => ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)

/** `test.concurrent.each(rows)` → test, concurrent, each. */
function namesOf(callee) {
  if (ts.isIdentifier(callee)) return [callee.text]
  if (ts.isPropertyAccessExpression(callee)) return [...namesOf(callee.expression), callee.name.text]
  if (ts.isCallExpression(callee)) return namesOf(callee.expression)
  if (ts.isTaggedTemplateExpression(callee)) return namesOf(callee.tag)
  return []
}

const lineOf = (text, index) => text.slice(0, index).split('\n').length

function* filesBelow(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isFile()) yield path
    else if (entry.isDirectory() && !SKIPPED_FOLDERS.has(entry.name)) yield* filesBelow(path)
  }
}
