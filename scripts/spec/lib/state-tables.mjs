import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'

/**
 * Every exported constant `…_TABLE` below a folder, read from its source without running it: objects, arrays and strings, and constants of the same file.
 *
 * @param {string} folder
 * @returns {Record<string, import('./states.mjs').Table>}
 */
export function readTables(folder) {
  if (!existsSync(folder)) return {}
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.ts'))
  return Object.assign({}, ...files.sort().map(file => tablesIn(file, readFileSync(join(folder, file), 'utf8'))))
}

/** The tables of one file. */
export function tablesIn(file, text) {
  const constants = new Map()
  const names = []
  for (const statement of ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true).statements) {
    if (!ts.isVariableStatement(statement)) continue
    const exported = statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false
    for (const { name, initializer } of statement.declarationList.declarations) {
      if (!ts.isIdentifier(name) || initializer === undefined) continue
      constants.set(name.text, initializer)
      if (exported && name.text.endsWith('_TABLE')) names.push(name.text)
    }
  }
  return Object.fromEntries(names.map(name => [name, evaluate(constants.get(name), constants, file)]))
}

function evaluate(node, constants, file) {
  const value = child => evaluate(child, constants, file)
  if (ts.isAsExpression(node) || ts.isSatisfiesExpression(node) || ts.isParenthesizedExpression(node)) return value(node.expression)
  if (ts.isStringLiteralLike(node)) return node.text
  if (ts.isIdentifier(node) && constants.has(node.text)) return value(constants.get(node.text))
  if (ts.isArrayLiteralExpression(node)) return node.elements.flatMap(element => (ts.isSpreadElement(element) ? value(element.expression) : [value(element)]))
  if (ts.isObjectLiteralExpression(node)) return Object.assign({}, ...node.properties.map(property => entryOf(property, value, file)))
  throw new Error(`${file}: a state table is made of objects, arrays, strings and constants of its file, not of ${node.getText()}`)
}

function entryOf(property, value, file) {
  if (ts.isSpreadAssignment(property)) return value(property.expression)
  if (ts.isShorthandPropertyAssignment(property)) return { [property.name.text]: value(property.name) }
  if (ts.isPropertyAssignment(property) && !ts.isComputedPropertyName(property.name)) return { [property.name.text]: value(property.initializer) }
  throw new Error(`${file}: a state table has plain keys, not ${property.getText()}`)
}
