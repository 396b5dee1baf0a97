/** What a customer is asked, in words, and what it answers without being asked. */
import { Permission } from '@remote-assist/peer'

/** Permissions that a person thinks of as one. */
export interface Topic {
  /** For `--consent`. */
  readonly word: string
  /** Completes "May they …?" */
  readonly sentence: string
  readonly permissions: readonly Permission[]
}

/** Everything that can be asked for, in the order in which a person is asked. */
export const TOPICS: readonly Topic[] = [
  { word: 'view', sentence: 'see your screens', permissions: [Permission.VIEW_SCREEN] },
  { word: 'control', sentence: 'use your mouse and keyboard', permissions: [Permission.CONTROL_INPUT] },
  { word: 'clipboard', sentence: 'exchange text with your clipboard', permissions: [Permission.CLIPBOARD_TO_CUSTOMER, Permission.CLIPBOARD_FROM_CUSTOMER] },
  { word: 'files', sentence: 'exchange files with you', permissions: [Permission.FILES_TO_CUSTOMER, Permission.FILES_FROM_CUSTOMER] },
  { word: 'chat', sentence: 'chat with you, and point and draw on your screens', permissions: [Permission.CHAT, Permission.ANNOTATE] },
  {
    word: 'elevate',
    sentence: 'ask for administrator powers (you are asked again each time)',
    permissions: [Permission.ELEVATE, Permission.RUN_COMMAND, Permission.SECURE_KEYS],
  },
  { word: 'record', sentence: 'record what they see', permissions: [Permission.RECORD] },
]

/** How consent is given: by a person, or by what was said beforehand. */
export type ConsentMode = { readonly kind: 'ask' } | { readonly kind: 'fixed'; readonly words: ReadonlySet<string> }

const WORDS = TOPICS.map(({ word }) => word)

/**
 * Reads `--consent`: `ask`, `all`, `none`, or topics with commas between them.
 * Throws `RangeError` with a sentence for a person if it is none of these.
 */
export function parseConsent(text: string): ConsentMode {
  if (text === 'ask') return { kind: 'ask' }
  if (text === 'all') return { kind: 'fixed', words: new Set(WORDS) }
  if (text === 'none') return { kind: 'fixed', words: new Set() }
  const words = text.split(',').map(word => word.trim())
  const unknown = words.find(word => !WORDS.includes(word))
  if (unknown !== undefined) throw new RangeError(`It is ask, all, none, or some of ${WORDS.join(', ')}; “${unknown}” is not.`)
  return { kind: 'fixed', words: new Set(words) }
}

/** The topics that these permissions belong to, each with those of its permissions that are asked for. */
export const topicsOf = (asked: readonly Permission[]): readonly Topic[] =>
  TOPICS.map(topic => ({ ...topic, permissions: topic.permissions.filter(permission => asked.includes(permission)) })).filter(
    ({ permissions }) => permissions.length > 0,
  )

/** What of the permissions asked for is granted by words said beforehand. */
export const grantedBy = (words: ReadonlySet<string>, asked: readonly Permission[]): readonly Permission[] =>
  topicsOf(asked).flatMap(({ word, permissions }) => (words.has(word) ? permissions : []))
