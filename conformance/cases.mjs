import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseDocument } from 'yaml'

/**
 * Reads a file of cases, which is YAML, as plain data. Throws `Error` that names it.
 *
 * @param {string} area its place below the folder of cases, without the ending: `customer/consent`
 * @param {string} text
 * @returns {unknown}
 */
export function parseCases(area, text) {
  const document = parseDocument(text, { prettyErrors: true, uniqueKeys: true })
  const [error] = document.errors
  if (error !== undefined) throw new Error(`${area}: ${error.message}`)
  return document.toJS({ maxAliasCount: 1_000 })
}

/**
 * Reads all files of cases below a folder.
 *
 * @param {string} folder
 * @returns {Record<string, unknown>} by area
 */
export function readCases(folder) {
  const areas = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.yaml'))
    .map(name => name.replaceAll('\\', '/').replace(/\.yaml$/, ''))
    .sort()
  return Object.fromEntries(areas.map(area => [area, parseCases(area, readFileSync(join(folder, `${area}.yaml`), 'utf8'))]))
}
