import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { runInThisContext } from 'node:vm'
import ts from 'typescript'

const TABLE = /^export const (\w+_TABLE)\b/gm

/**
 * Every exported constant `…_TABLE` below a folder, from its sources, built or not. The modules are run; what they import from packages is a stand-in, for
 * tables are made of names alone.
 *
 * @param {string} folder
 * @returns {Record<string, import('./states.mjs').Table>}
 */
export function readTables(folder) {
  if (!existsSync(folder)) return {}
  const load = loader()
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.ts'))
  const tables = files.sort().flatMap(name => {
    const file = resolve(folder, name)
    const names = [...readFileSync(file, 'utf8').matchAll(TABLE)].map(match => match[1] ?? '')
    return names.map(table => [table, load(file)[table]])
  })
  return Object.fromEntries(tables)
}

/** Loads TypeScript modules without checking their types. */
function loader() {
  const modules = new Map()
  const load = file => {
    const known = modules.get(file)
    if (known !== undefined) return known.exports
    const module = { exports: {} }
    modules.set(file, module)
    const { outputText } = ts.transpileModule(readFileSync(file, 'utf8'), {
      compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2023 },
    })
    const require = name => (name.startsWith('.') ? load(join(dirname(file), name.replace(/\.js$/, '.ts'))) : STAND_IN)
    runInThisContext(`(function (require, module, exports) {${outputText}\n})`, { filename: file })(require, module, module.exports)
    return module.exports
  }
  return load
}

/** Has every property, can be called and iterated, and means nothing. */
const STAND_IN = new Proxy(() => STAND_IN, {
  get: (_target, name) => {
    if (name === Symbol.iterator) return [][Symbol.iterator].bind([])
    return name === Symbol.toPrimitive ? () => 0 : STAND_IN
  },
})
