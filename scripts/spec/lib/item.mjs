/** Areas of requirement ids. */
export const AREAS = ['SES', 'SEC', 'SCR', 'INP', 'CLP', 'FIL', 'ELV', 'CHT', 'ANN', 'RLY', 'BND']
/** Who can have a duty: the roles, any end, and the two sides of a transfer or clipboard. */
export const ROLES = ['agent', 'customer', 'viewer', 'broker', 'participant', 'sender', 'receiver']
/** What a vendor can claim. */
export const PROFILES = [
  'core',
  'viewer',
  'relay',
  'resume',
  'multi-tenant',
  'files',
  'clipboard',
  'elevation',
  'annotation-chat',
  'binding-websocket',
  'binding-grpc',
]

/** Matches requirement ids in any text. */
export const ID = new RegExp(`RA-(?:${AREAS.join('|')})-\\d{3}(?!\\d)`, 'g')

const ITEM = /^- \*\*(?<id>[^*]+)\*\* · (?<roles>[^·]+) · (?<profile>[^·]+) · (?<testability>[^·—]+) — (?<text>.+)$/
const LOOKS_LIKE_ITEM = /^\s*[-*+]\s+\*\*RA-/
const TESTABILITY = /^(?:wire|adapter|manual|untestable \(.{10,}\))$/
const KEYWORDS = /\b(?:MUST|SHALL|SHOULD|MAY|REQUIRED|RECOMMENDED|OPTIONAL)\b/g
const LEVELS = ['MUST', 'SHOULD', 'MAY']
const INLINE_CODE = /`[^`]*`/g

/** The normative keywords of a line, outside inline code. */
export const keywordsOf = line => line.replace(INLINE_CODE, '').match(KEYWORDS) ?? []

/** Whether a line means to be a requirement, well written or not. */
export const looksLikeItem = line => LOOKS_LIKE_ITEM.test(line)

/**
 * Reads one requirement: `- **RA-FIL-014** · receiver · files · wire — The receiver MUST …`.
 *
 * @param {string} line
 * @returns {{ item?: Item, problem?: string }} the item, or what is wrong with the line
 *
 * @typedef {{ id: string, level: string, roles: string[], profile: string, testability: string, text: string }} Item
 */
export function parseItem(line) {
  const match = ITEM.exec(line)
  if (match?.groups === undefined) return { problem: 'is not written as "- **ID** · roles · profile · testability — sentence"' }
  const { id, profile, testability, text } = match.groups
  const roles = match.groups.roles.split(', ')
  const [level, ...more] = keywordsOf(text)
  const problem =
    (id.replace(ID, '') !== '' && `has an id that is not RA-<AREA>-<NNN>: ${id}`) ||
    (roles.some(role => !ROLES.includes(role)) && `names an unknown role: ${match.groups.roles}`) ||
    (!PROFILES.includes(profile) && `names an unknown profile: ${profile}`) ||
    (!TESTABILITY.test(testability) && `says "${testability}" for how it is tested; it is wire, adapter, manual or untestable (reason)`) ||
    (level === undefined && 'has no MUST, SHOULD or MAY') ||
    (more.length > 0 && 'has more than one normative keyword: one duty for each id') ||
    (!LEVELS.includes(level ?? '') && `says ${level}; the keywords are MUST, SHOULD and MAY`) ||
    (!text.endsWith('.') && 'does not end with a full stop') ||
    undefined
  return problem ? { problem } : { item: { id, level, roles, profile, testability, text } }
}
