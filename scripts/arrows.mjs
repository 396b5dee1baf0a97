import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { cruise } from 'dependency-cruiser'

/**
 * Checks the imports below a folder (the current one by default) against the drawing of the house in `.dependency-cruiser.cjs`: prints each import that has no
 * arrow and exits with 1 if there is any, or if nothing was read.
 *
 *   --json FILE   writes {imports, violations: [{rule, from, to}], ok} for a machine
 */

const { values, positionals } = parseArgs({ options: { json: { type: 'string' } }, allowPositionals: true })
const json = values.json === undefined ? undefined : resolve(values.json)
const root = resolve(positionals[0] ?? '.')
const { forbidden, options } = createRequire(import.meta.url)('../.dependency-cruiser.cjs')

process.chdir(root)
const folders = ['libs', 'reference', 'conformance'].filter(folder => existsSync(folder))
const packages = folders
  .flatMap(folder => (folder === 'conformance' ? [folder] : readdirSync(folder).map(name => join(folder, name))))
  .filter(folder => existsSync(join(folder, 'package.json')))
const resolving = { alias: Object.assign({}, ...packages.map(sources)), exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] }
const { output } = await cruise(folders, { ...options, validate: true, ruleSet: { forbidden } }, resolving)

const comments = new Map(forbidden.map(({ name, comment }) => [name, comment]))
for (const { from, to, rule, cycle = [{ name: to }] } of output.summary.violations) {
  console.log(`${rule.name}: ${[from, ...cycle.map(({ name }) => name)].join(' → ')}\n  ${comments.get(rule.name)}`)
}

const imports = output.modules.filter(({ source }) => source.endsWith('.ts')).reduce((sum, { dependencies }) => sum + dependencies.length, 0)
// Where it finds no TypeScript compiler that it understands, the cruiser reads nothing and finds nothing wrong.
if (imports === 0) console.log('No import of any TypeScript file was read, so nothing was checked.')
console.log(`${imports} imports, ${output.summary.violations.length} against the drawing`)
const ok = output.summary.violations.length === 0 && imports > 0
const violations = output.summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to }))
if (json !== undefined) writeFileSync(json, `${JSON.stringify({ imports, violations, ok }, undefined, 2)}\n`)
process.exitCode = ok ? 0 : 1

/** The entries of a package, by the name under which they are imported, as sources: so neither circles nor detours hide behind a build. */
function sources(folder) {
  const { name, exports = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const entries = Object.entries(exports).map(([subpath, entry]) => [`${join(name, subpath)}$`, resolve(folder, sourceOf(entry.default ?? entry))])
  return Object.fromEntries(entries)
}

function sourceOf(published) {
  return published.replace('./dist/', 'src/').replace(/\.js$/, '.ts')
}
