/** The requirements of the specification, as its registry lists them. */
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { ProfileName, RoleName } from '../model.js'
import { profileAt } from './profiles.js'

/** One duty. */
export interface Requirement {
  /** `RA-FIL-014` */
  readonly id: string
  readonly level: 'MUST' | 'SHOULD' | 'MAY'
  /** The roles that an implementation may play and that have the duty. */
  readonly roles: readonly RoleName[]
  readonly profile: ProfileName
  /** `wire`, `adapter`, `manual`, or `untestable (why)`. */
  readonly testability: string
  /** File name of the page: `file.md`. */
  readonly page: string
  /** The heading under which it stands. */
  readonly section: string
  /** The version of the specification that brought it. */
  readonly since: string
  readonly text: string
}

/** All requirements of one version of the specification. */
export interface Registry {
  /** `1.0` */
  readonly spec: string
  /** Ordered by id. */
  readonly requirements: readonly Requirement[]
  /** Undefined if the specification has no such requirement. */
  get(id: string): Requirement | undefined
  /** What an implementation of this role has to do that claims these profiles. */
  of(role: RoleName, profiles: readonly ProfileName[]): readonly Requirement[]
}

/** Who is meant by the words that the specification has for several roles. */
const MEANT: Readonly<Record<string, readonly RoleName[]>> = {
  agent: ['agent'],
  customer: ['customer'],
  viewer: ['viewer'],
  broker: ['broker'],
  participant: ['agent', 'customer', 'viewer'],
  sender: ['agent', 'customer'],
  receiver: ['agent', 'customer'],
}

interface Entry {
  readonly level: Requirement['level']
  readonly roles: readonly string[]
  readonly profile: ProfileName
  readonly testability: string
  readonly page: string
  readonly since: string
  readonly text: string
}

const FOLDER = [new URL('../data/spec/', import.meta.url), new URL('../../../docs/spec/', import.meta.url)].find(existsSync)

/** Reads the registry that comes with the suite. Throws if the package was not built. */
export function loadRegistry(): Registry {
  if (FOLDER === undefined) throw new Error('The specification is missing: build the package first.')
  const { version, requirements } = JSON.parse(read('registry.json')) as { readonly version: string; readonly requirements: Readonly<Record<string, Entry>> }
  const sections = new Map<string, ReadonlyMap<string, string>>()
  const sectionOf = (page: string, id: string): string => {
    if (!sections.has(page)) sections.set(page, sectionsOf(read(page)))
    return sections.get(page)?.get(id) ?? ''
  }
  return registryOf(
    version,
    Object.entries(requirements).map(([id, { level, roles, profile, testability, page, since, text }]) => ({
      id,
      level,
      roles: [...new Set(roles.flatMap(role => MEANT[role] ?? []))],
      profile,
      testability,
      page,
      section: sectionOf(page, id),
      since,
      text,
    })),
  )
}

/** A registry of these requirements. */
function registryOf(spec: string, requirements: readonly Requirement[]): Registry {
  const byId = new Map(requirements.map(requirement => [requirement.id, requirement]))
  return {
    spec,
    requirements,
    get: id => byId.get(id),
    of: (role, profiles) =>
      requirements.filter(requirement => {
        const profile = profileAt(role, requirement.profile)
        return requirement.roles.includes(role) && profile !== undefined && profiles.includes(profile)
      }),
  }
}

const read = (file: string): string => readFileSync(fileURLToPath(new URL(file, FOLDER)), 'utf8')

/** The heading above each requirement of a page. */
function sectionsOf(page: string): ReadonlyMap<string, string> {
  const sections = new Map<string, string>()
  let heading = ''
  for (const line of page.split('\n')) {
    heading = /^#+ (.+)$/.exec(line)?.[1] ?? heading
    const id = /^- \*\*(RA-[A-Z]{3}-\d{3})\*\*/.exec(line)?.[1]
    if (id !== undefined) sections.set(id, heading)
  }
  return sections
}
