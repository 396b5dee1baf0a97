import { isDeepStrictEqual } from 'node:util'
import { nextRegistry } from './registry.mjs'

/**
 * @typedef {import('./pages.mjs').Requirement} Requirement
 * @typedef {import('./pages.mjs').Fault} Fault
 * @typedef {import('./citations.mjs').Citation} Citation
 * @typedef {import('./registry.mjs').Registry} Registry
 * @typedef {Record<string, string>} Waivers reasons by id
 * @typedef {{ requirements: readonly Requirement[], registry: Registry, waivers: Waivers, citations: readonly Citation[] }} Spec
 */

const SHORTEST_REASON = 10

/**
 * What keeps a specification from being sound: ids used twice or anew, texts that changed since they were reviewed, a MUST that nothing checks, citations and
 * waivers that lead nowhere.
 *
 * @param {Spec} spec
 * @returns {Fault[]}
 */
export function faultsOf(spec) {
  return [...idFaults(spec), ...reviewFaults(spec), ...coverageFaults(spec), ...citationFaults(spec), ...waiverFaults(spec)]
}

/**
 * How many requirements there are, and how their MUSTs stand.
 *
 * @param {Spec} spec
 */
export function countsOf({ requirements, waivers, citations }) {
  const covered = coveredIds(citations)
  const musts = requirements.filter(({ level }) => level === 'MUST')
  const cited = musts.filter(({ id }) => covered.has(id))
  const rest = musts.filter(({ id }) => !covered.has(id))
  return {
    requirements: requirements.length,
    musts: musts.length,
    cited: cited.length,
    waived: rest.filter(({ id }) => Object.hasOwn(waivers, id)).length,
    untestable: rest.filter(isUntestable).length,
  }
}

/** The ids that a test covers. */
export const coveredIds = citations => new Set(citations.filter(({ kind }) => kind === 'test').map(({ id }) => id))

const isUntestable = ({ testability }) => testability.startsWith('untestable')
const whereOf = ({ page, line }) => `${page}:${line}`

function idFaults({ requirements, registry }) {
  const first = new Map()
  return requirements.flatMap(requirement => {
    const { id } = requirement
    const where = whereOf(requirement)
    const earlier = first.get(id)
    if (earlier !== undefined) return [{ where, message: `${id} is used twice; it stands at ${earlier} already.` }]
    first.set(id, where)
    return Object.hasOwn(registry.removed, id) ? [{ where, message: `${id} was given up. An id is never used again: take a new one.` }] : []
  })
}

function reviewFaults({ requirements, registry }) {
  const now = nextRegistry(registry, requirements).requirements
  const changed = requirements.flatMap(requirement => {
    const { id } = requirement
    const reviewed = registry.requirements[id]
    if (reviewed === undefined) return [fault(requirement, `${id} is new and not in registry.json. Review it, then run npm run spec:update.`)]
    if (reviewed.sha256 !== requirement.sha256)
      return [fault(requirement, `The text of ${id} changed. Review what depends on it, then run npm run spec:update.`)]
    if (!isDeepStrictEqual(reviewed, now[id]))
      return [fault(requirement, `The roles, profile, testability, level or page of ${id} changed. Run npm run spec:update.`)]
    return []
  })
  const gone = Object.keys(registry.requirements).filter(id => !Object.hasOwn(now, id))
  return [...changed, ...gone.map(id => ({ where: 'registry.json', message: `${id} is no longer in the prose. If that is meant, run npm run spec:update.` }))]
}

function coverageFaults({ requirements, waivers, citations }) {
  const covered = coveredIds(citations)
  return requirements
    .filter(({ id, level }) => level === 'MUST' && !covered.has(id) && !Object.hasOwn(waivers, id))
    .filter(requirement => !isUntestable(requirement))
    .map(requirement => fault(requirement, `No test cites ${requirement.id} in its title, and it has no waiver.`))
}

function citationFaults({ requirements, citations }) {
  const known = new Set(requirements.map(({ id }) => id))
  return citations.filter(({ id }) => !known.has(id)).map(({ id, file, line }) => ({ where: `${file}:${line}`, message: `${id} does not exist.` }))
}

function waiverFaults({ requirements, waivers, citations }) {
  const byId = new Map(requirements.map(requirement => [requirement.id, requirement]))
  const covered = coveredIds(citations)
  return Object.entries(waivers).flatMap(([id, reason]) => {
    const about = message => [{ where: 'waivers.json', message }]
    const requirement = byId.get(id)
    if (requirement === undefined) return about(`The waiver of ${id} is for a requirement that does not exist.`)
    if (requirement.level !== 'MUST') return about(`The waiver of ${id} is not needed: it is no MUST.`)
    if (covered.has(id)) return about(`The waiver of ${id} is not needed any more: a test cites it. Remove it, or run npm run spec:update.`)
    if (isUntestable(requirement)) return about(`The waiver of ${id} is not needed: the item itself says why it cannot be tested.`)
    if (typeof reason !== 'string' || reason.trim().length < SHORTEST_REASON) return about(`The waiver of ${id} gives no reason.`)
    return []
  })
}

const fault = (requirement, message) => ({ where: whereOf(requirement), message })
