import { relative, resolve } from 'node:path'
import ts from 'typescript'

/**
 * The core takes types and data from the codec, and no behaviour: checks that each value which `libs/core` imports from `@remote-assist/codec` is an enum or
 * plain data, function-free all the way down. Needs the codec's build. The argument is the folder of the core, for tests.
 */

const CODEC = '@remote-assist/codec'
const CONTAINERS = new Set(['Array', 'ReadonlyArray', 'Map', 'ReadonlyMap', 'Set', 'ReadonlySet'])

const core = resolve(process.argv[2] ?? 'libs/core')
const { config } = ts.readConfigFile(resolve(core, 'tsconfig.json'), ts.sys.readFile)
const { fileNames, options } = ts.parseJsonConfigFileContent(config, ts.sys, core)
const program = ts.createProgram(fileNames, options)
const checker = program.getTypeChecker()

const names = program
  .getSourceFiles()
  .filter(({ fileName }) => fileNames.includes(fileName))
  .flatMap(importedValues)
const behaviour = names.filter(name => ts.isStringLiteral(name) || !isData(checker.getTypeAtLocation(name)))
for (const name of behaviour) {
  const { line } = name.getSourceFile().getLineAndCharacterOfPosition(name.getStart())
  console.log(
    `${relative('.', name.getSourceFile().fileName)}:${line + 1}: ${name.text} is not data. The core takes types and data from the codec, nothing else.`,
  )
}
console.log(`${names.length} values taken from the codec, ${behaviour.length} of them not data`)
process.exitCode = behaviour.length > 0 ? 1 : 0

/** The names under which a file imports, or passes on, values of the codec. */
function importedValues(file) {
  return file.statements.filter(isFromCodec).flatMap(statement => {
    if (ts.isExportDeclaration(statement) && statement.exportClause === undefined) return [statement.moduleSpecifier]
    if (ts.isExportDeclaration(statement)) return valuesOf(statement.isTypeOnly, statement.exportClause)
    const { isTypeOnly = false, namedBindings } = statement.importClause ?? {}
    return valuesOf(isTypeOnly, namedBindings)
  })
}

function isFromCodec(statement) {
  return (ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement)) && statement.moduleSpecifier?.text?.startsWith(CODEC)
}

function valuesOf(isTypeOnly, bindings) {
  if (isTypeOnly || bindings === undefined) return []
  if (bindings.elements === undefined) return [bindings.name]
  return bindings.elements.filter(element => !element.isTypeOnly).map(({ name }) => name)
}

function isData(type, seen = new Set()) {
  if (seen.has(type)) return true
  seen.add(type)
  if (type.isUnionOrIntersection()) return type.types.every(part => isData(part, seen))
  if (type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) return false
  if (!(type.flags & ts.TypeFlags.Object)) return true
  if (CONTAINERS.has(type.symbol?.name)) return checker.getTypeArguments(type).every(part => isData(part, seen))
  if (type.getCallSignatures().length > 0 || type.getConstructSignatures().length > 0) return false
  const indexed = checker.getIndexInfosOfType(type).map(info => info.type)
  return [...type.getProperties().map(property => checker.getTypeOfSymbol(property)), ...indexed].every(part => isData(part, seen))
}
