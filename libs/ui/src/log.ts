/** The audit log, for reading: what happened in the session, in sentences. */
import { CloseCode, Direction, ElevationPhase, EntryAction, Permission } from '@remote-assist/codec'
import { plain } from './plain.js'
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
  const commands = new Map<string, string>()
  return log.flatMap(entry => {
    const { kind, details } = entry
    const { participant = '', permissions = '', permission = '', transfer = '', name = '', command = '', argv = '' } = details
    const file = `${participant}:${transfer}:${name}`
    if (kind === 'consent.decided') for (const one of permissions.split(',')) decided.add(`${participant}:${one}`)
    // A decision is told as one, not again for each of its permissions; and a file that left is not told again when it is there.
    const told = (kind === 'grant.changed' && decided.delete(`${participant}:${permission}`)) || (kind === 'file.verified' && sent.has(file))
    if (kind === 'file.sent' && details.sha256 !== '') sent.add(file)
    const ran = `${participant}:${command}`
    if (kind === 'command.run') commands.set(ran, commandOf(argv))
    const text = told ? undefined : sentenceOf(entry, { who: names.get(participant) ?? t.somebody, command: commands.get(ran) ?? '' }, t)
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

/** A command line as it may be typed: what is more than a word is quoted. `argv`: a JSON list. */
function commandOf(argv: string): string {
  const words: readonly string[] = JSON.parse(argv)
  return words.map(word => (/^[^\s"'\\\p{C}]+$/u.test(word) ? plain(word) : JSON.stringify(plain(word)))).join(' ')
}

/** Who did it, and by which command. */
interface Doer {
  readonly who: string
  readonly command: string
}

function sentenceOf(entry: LogEntry, doer: Doer, t: Strings): string | undefined {
  const { who } = doer
  const { kind, details } = entry
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
    case 'lead.changed':
      return details.participant === '0' ? undefined : t.logLeads(who)
    case 'consent.asked':
      return t.logAsked(who, wordsOf(permissions.split(',').map(Number), t))
    case 'consent.decided':
      return permissions === '' ? t.logNothing(who) : t.logAllowed(who, wordsOf(permissions.split(',').map(Number), t))
    case 'grant.changed':
      return granted(Number(permission), state === 'given', who, t)
    case 'screen.shown':
      return t.logSees(who)
    case 'screen.hidden':
      return t.logSeesNot(who)
    case 'recording.changed':
      return state === 'on' ? t.logRecording(who) : t.logRecordingNot(who)
    case 'clipboard.passed':
      return fromCustomer ? t.logTextFrom(who, Number(bytes)) : t.logTextTo(who, Number(bytes))
    case 'clipboard.synced':
      return copies(fromCustomer, state === 'on', who, t)
    case 'file.decided':
      return decidedOn(details, fromCustomer, who, t)
    case 'file.sent':
    case 'file.verified':
      return sha256 === '' ? t.logFilePart(who, plain(name)) : t.logFile(who, plain(name))
    default:
      return handSentence(entry, doer, t) ?? powerSentence(entry, doer, t)
  }
}

function copies(fromCustomer: boolean, on: boolean, who: string, t: Strings): string {
  if (fromCustomer) return on ? t.logCopiesFrom(who) : t.logCopiesFromNot(who)
  return on ? t.logCopiesTo(who) : t.logCopiesToNot(who)
}

function decidedOn({ decision, entries }: LogEntry['details'], fromCustomer: boolean, who: string, t: Strings): string {
  const refused = [EntryAction.REFUSE, EntryAction.SKIP].includes(Number(decision))
  const count = Number(entries)
  if (fromCustomer) return refused ? t.logFilesRefused(who, count) : t.logFilesTaken(who, count)
  return refused ? t.logFilesRefusedHere(who, count) : t.logFilesTakenHere(who, count)
}

/** What somebody did with mouse and keyboard, and how transfers went that did not go well. */
function handSentence({ kind, details }: LogEntry, { who }: Doer, t: Strings): string | undefined {
  const { participant, presses, buttons, texts, combo = '', result, reason } = details
  switch (kind) {
    case 'control.changed':
      return participant === '0' ? t.logControlNobody : t.logControl(who)
    case 'input.used':
      return t.logUsed(who, { keys: Number(presses), buttons: Number(buttons), texts: Number(texts) })
    case 'keys.sent': {
      const keys = combo === 'ctrl+alt+delete' ? t.logSecureKeys : t.logKeys
      return Number(result) === 0 ? t.logPressed(who, keys) : t.logPressedNot(who, keys)
    }
    case 'file.ended':
      if (reason === 'cancelled') return t.logTransferCancelled(who)
      if (reason === 'lost') return t.logTransferLost(who)
      // What was done or declined is told by its decision and its files.
      return reason === 'refused' ? t.logTransferRefused(who) : undefined
    default:
      return undefined
  }
}

/** What takes an administrator, or a restart. */
function powerSentence({ kind, details }: LogEntry, { who, command }: Doer, t: Strings): string | undefined {
  const { phase, reason = '', duration, user = '', by = '', code = '', state } = details
  switch (kind) {
    case 'elevation.asked':
      return t.logPowersAsked(who, Math.round(Number(duration) / 60_000), plain(reason))
    case 'elevation.changed':
      return powers(Number(phase), who, t)
    case 'command.run':
      return user === '' ? t.logRuns(who, command) : t.logRunsAs(who, command, plain(user))
    case 'command.ended':
      return by === '' ? t.logRan(who, command, Number(code)) : t.logRanNot(who, command, plain(by))
    case 'user.switched':
      return t.logSwitched(who)
    case 'rejoin.asked':
      return t.logRejoinAsked(who, plain(reason))
    case 'rejoin.changed':
      return state === 'ready' ? t.logRejoinReady(who) : t.logRejoinNot(who)
    case 'rejoin.used':
      return t.logRejoined
    default:
      return undefined
  }
}

/** Powers that were had, or are over. What lies between is no more than a wait. */
function powers(phase: ElevationPhase, who: string, t: Strings): string | undefined {
  switch (phase) {
    case ElevationPhase.ELEVATED:
      return t.logPowersHad(who)
    case ElevationPhase.DENIED:
      return t.logPowersDenied(who)
    case ElevationPhase.FAILED:
      return t.logPowersFailed(who)
    case ElevationPhase.EXPIRED:
    case ElevationPhase.REVOKED:
      return t.logPowersOver(who)
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
