import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readCitations } from './citations.mjs'
import { coveredIds } from './gate.mjs'
import { readPages } from './pages.mjs'
import { nextRegistry, readJson, readRegistry } from './registry.mjs'

/** Where things are in a source tree. */
export const pathsIn = root => ({
  pages: join(root, 'docs', 'spec'),
  registry: join(root, 'docs', 'spec', 'registry.json'),
  waivers: join(root, 'docs', 'spec', 'waivers.json'),
})

/**
 * Everything the gate judges, read from a source tree.
 *
 * @param {string} root
 * @returns {import('./gate.mjs').Spec & { faults: import('./pages.mjs').Fault[] }} `faults`: what is wrong with the pages by themselves
 */
export function readSpec(root) {
  const paths = pathsIn(root)
  const { requirements, faults } = readPages(paths.pages)
  return { requirements, faults, registry: readRegistry(paths.registry), waivers: readJson(paths.waivers, {}), citations: readCitations(root) }
}

/**
 * Accepts the prose as it is: writes the registry anew, and drops the waivers that nobody needs any more.
 *
 * @param {string} root
 * @param {import('./gate.mjs').Spec} spec
 */
export function acceptSpec(root, { requirements, registry, waivers, citations }) {
  const covered = coveredIds(citations)
  const known = new Set(requirements.map(({ id }) => id))
  const needed = Object.fromEntries(Object.entries(waivers).filter(([id]) => known.has(id) && !covered.has(id)))
  writeJson(pathsIn(root).registry, nextRegistry(registry, requirements))
  writeJson(pathsIn(root).waivers, needed)
}

const writeJson = (file, value) => writeFileSync(file, `${JSON.stringify(value, undefined, 2)}\n`)
