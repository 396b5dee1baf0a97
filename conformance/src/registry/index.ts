/** The requirements of the specification and what is known about them. */
export { explain, type MutantDeclaration, nearest, placeOf } from './explain.js'
export { loadRegistry, type Registry, type Requirement } from './registry.js'
