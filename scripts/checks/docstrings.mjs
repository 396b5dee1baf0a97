import { join, relative } from 'node:path'
import ts from 'typescript'
import { manifestIn, PUBLISHED } from '../lib/published.mjs'
import { ROOT } from '../lib/run.mjs'

/**
 * Everything that a published package exports has a docstring, as whoever installed it sees it: checks the types in `dist` of each entry. Needs a build. Exits with 1
 * and names what has none. The arguments are folders of packages, for tests; without any, all that are published.
 */

const folders = process.argv.length > 2 ? process.argv.slice(2) : PUBLISHED

/** Every file of types that an entry names, under whatever condition. */
const typesOf = entry => (typeof entry === 'string' ? [] : Object.entries(entry).flatMap(([key, value]) => (key === 'types' ? [value] : typesOf(value))))
const entries = [
  ...new Set(
    folders.flatMap(folder =>
      Object.values(manifestIn(folder).exports)
        .flatMap(typesOf)
        .map(file => join(folder, file)),
    ),
  ),
]

const program = ts.createProgram(entries, { module: ts.ModuleKind.NodeNext, noLib: true, types: [] })
const checker = program.getTypeChecker()

const lacking = new Set()
let count = 0
for (const entry of entries) {
  const file = program.getSourceFile(entry)
  if (file?.symbol === undefined) throw new Error(`${entry} is missing: build the packages first.`)
  for (const symbol of checker.getExportsOfModule(file.symbol)) {
    const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
    count += 1
    const [declaration] = target.declarations ?? []
    if (declaration === undefined) throw new Error(`${entry}: ${symbol.name} leads nowhere: build the packages first.`)
    if (target.getDocumentationComment(checker).length === 0) lacking.add(`${relative(ROOT, declaration.getSourceFile().fileName)}: ${symbol.name}`)
  }
}
for (const name of lacking) console.log(`${name} has no docstring.`)
console.log(`${count} exports of ${folders.length} packages, ${lacking.size} without a docstring`)
process.exitCode = lacking.size > 0 ? 1 : 0
