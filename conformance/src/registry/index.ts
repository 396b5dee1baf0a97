/** The requirements of the specification and what is known about them. */
export { explain, type MutantDeclaration, nearest, placeOf } from './explain.js'
export { coreOf, PROFILES_OF, profileAt } from './profiles.js'
export { loadRegistry, type Registry, type Requirement } from './registry.js'
