/** The audit log, for reading: what happened in the session, in sentences. */
import { CloseCode, Direction, Permission } from '@remote-assist/codec'
import type { Strings } from './strings/english.js'
import { TOPICS, type Topic, topicsOf } from './topics.js'

/** An entry of the log. */
export interface LogEntry {
  /** Ms since 1970. */
  readonly atMs: number
  readonly kind: string
  readonly details: Readonly<Record<string, string>>
}

/** The entry that a line of the log holds; undefined = a header or a signature. */
export function entryOf(line: string): LogEntry | undefined {
  const { at, kind, details } = JSON.parse(line) as { readonly at?: number; readonly kind?: string; readonly details?: LogEntry['details'] }
  return at === undefined || kind === undefined || details === undefined ? undefined : { atMs: at, kind, details }
}

/** A line for a person. */
export interface LogLine {
  readonly atMs: number
  readonly text: string
}

/** What a person wants to know of the log, oldest first. What serves proof alone, such as keys, is left to the file. */
export function readable(log: readonly LogEntry[], t: Strings): readonly LogLine[] {
  const names = namesIn(log)
  const decided = new Set<string>()
  const sent = new Set<string>()
  return log.flatMap(entry => {
    const { kind, details } = entry
    const { participant = '', permissions = '', permission = '', transfer = '', name = '' } = details
    const file = `${participant}:${transfer}:${name}`
    if (kind === 'consent.decided') for (const one of permissions.split(',')) decided.add(`${participant}:${one}`)
    // A decision is told as one, not again for each of its permissions; and a file that left is not told again when it is there.
    const told = (kind === 'grant.changed' && decided.delete(`${participant}:${permission}`)) || (kind === 'file.verified' && sent.has(file))
    if (kind === 'file.sent') sent.add(file)
    const text = told ? undefined : sentenceOf(entry, names.get(participant) ?? t.somebody, t)
    return text === undefined ? [] : [{ atMs: entry.atMs, text }]
  })
}

/** Who is who: a name may come later than its participant. */
function namesIn(log: readonly LogEntry[]): ReadonlyMap<string, string> {
  const named = log.flatMap(({ details: { participant, name }, kind }) =>
    kind.startsWith('participant.') && participant !== undefined && name !== undefined && name !== '' ? [[participant, name] as const] : [],
  )
  return new Map(named)
}

function sentenceOf({ kind, details }: LogEntry, who: string, t: Strings): string | undefined {
  const { permission, permissions = '', state, direction, bytes = '0', name = '', sha256, code } = details
  const fromCustomer = Number(direction) === Direction.FROM_CUSTOMER
  switch (kind) {
    case 'session.begun':
      return t.logBegun
    case 'session.ended':
      return Number(code) === CloseCode.STOPPED ? t.logStopped : t.logEnded
    case 'session.paused':
      return t.logPaused
    case 'session.unpaused':
      return t.logUnpaused
    case 'proof.failed':
      return t.logWrongPin
    case 'participant.joined':
      return t.logJoined(who)
    case 'participant.left':
      return t.logLeft(who)
    case 'words.confirmed':
      return t.logWords(who)
    case 'consent.decided':
      return permissions === '' ? t.logNothing(who) : t.logAllowed(who, wordsOf(permissions.split(',').map(Number), t))
    case 'grant.changed':
      return granted(Number(permission), state === 'given', who, t)
    case 'screen.shown':
      return t.logSees(who)
    case 'screen.hidden':
      return t.logSeesNot(who)
    case 'recording.changed':
      return t.logRecording(who)
    case 'clipboard.passed':
      return fromCustomer ? t.logTextFrom(who, Number(bytes)) : t.logTextTo(who, Number(bytes))
    case 'file.sent':
    case 'file.verified':
      return sha256 === '' ? undefined : t.logFile(who, name)
    default:
      return undefined
  }
}

const wordsOf = (permissions: readonly Permission[], t: Strings): string =>
  topicsOf(permissions)
    .map(topic => nameOf(topic, t))
    .join(', ')

/** A change after the first decision. A topic of two permissions is told once. */
function granted(permission: Permission, given: boolean, who: string, t: Strings): string | undefined {
  const topic = TOPICS.find(it => topicsOf([permission]).includes(it))
  const told: readonly Permission[] = [
    Permission.VIEW_SCREEN,
    Permission.CONTROL_INPUT,
    Permission.ELEVATE,
    Permission.CHAT,
    Permission.CLIPBOARD_TO_CUSTOMER,
    Permission.FILES_TO_CUSTOMER,
    Permission.RECORD,
  ]
  if (topic === undefined || !told.includes(permission)) return undefined
  return given ? t.logGiven(who, nameOf(topic, t)) : t.logTaken(who, nameOf(topic, t))
}

/** A topic in a word or two. */
export const nameOf = (topic: Topic, t: Strings): string => t[`${topic}Short`]
