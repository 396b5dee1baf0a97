import { existsSync, readFileSync } from 'node:fs'

/**
 * The committed registry: every requirement as it was last reviewed, and every id that was given up, so that none is used again.
 *
 * @typedef {{ level: string, roles: string[], profile: string, testability: string, page: string, since: string, sha256: string, text: string }} Entry
 * @typedef {{ since: string, removed: string }} Removed
 * @typedef {{ version: string, requirements: Record<string, Entry>, removed: Record<string, Removed> }} Registry
 */

/** The version of the specification that is being written. */
export const VERSION = '1.0'
/** @type {Registry} */
const EMPTY = { version: VERSION, requirements: {}, removed: {} }

/** Reads a JSON file; `otherwise` where there is none. */
export const readJson = (file, otherwise) => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : otherwise)

/** @returns {Registry} the committed registry, empty where there is none */
export const readRegistry = file => readJson(file, EMPTY)

/**
 * The registry that the prose asks for now. Ids that the prose no longer has move to `removed`.
 *
 * @param {Registry} before
 * @param {readonly import('./pages.mjs').Requirement[]} requirements
 * @returns {Registry}
 */
export function nextRegistry(before, requirements) {
  const entries = requirements.map(({ id, line: _line, level, roles, profile, testability, page, sha256, text }) => {
    const since = before.requirements[id]?.since ?? VERSION
    return /** @type {const} */ ([id, { level, roles, profile, testability, page, since, sha256, text }])
  })
  const kept = new Set(requirements.map(({ id }) => id))
  const given = Object.entries(before.requirements).filter(([id]) => !kept.has(id))
  const removed = { ...before.removed, ...Object.fromEntries(given.map(([id, { since }]) => [id, { since, removed: VERSION }])) }
  return { version: VERSION, requirements: sorted(Object.fromEntries(entries)), removed: sorted(removed) }
}

const sorted = record => Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)))
