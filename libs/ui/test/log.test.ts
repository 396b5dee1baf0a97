import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { LANGUAGES, type LogEntry, readable, stringsFor } from '../src/index.js'

/** The kinds of entries, with their details, as the specification has them. */
const KINDS = [...readFileSync(new URL('../../../docs/spec/record.md', import.meta.url), 'utf8').matchAll(/^\| `([a-z]+\.[a-z]+)` \| (.*) \|$/gm)].map(
  ([, kind = '', details = '']) => ({ kind, names: details.split(', ').filter(name => /^[a-z0-9]+$/.test(name)) }),
)

/** What proves something, and tells a person nothing that another entry does not tell. */
const PROOF_ALONE = ['session.resumed', 'participant.identified', 'capability.issued', 'media.rekeyed', 'invitation.registered', 'invitation.revoked']

const joined: LogEntry = { atMs: 0, kind: 'participant.joined', details: { participant: '2', name: 'Ada' } }
const texts = (entries: readonly Omit<LogEntry, 'atMs'>[], language = 'en') =>
  readable([joined, ...entries.map(entry => ({ atMs: 1_000, ...entry }))], stringsFor(language))
    .slice(1)
    .map(({ text }) => text)
const said = (kind: string, details: LogEntry['details'] = {}) => texts([{ kind, details: { participant: '2', ...details } }])[0]

/** One of each detail that makes a sentence. */
const SAMPLE: LogEntry['details'] = {
  participant: '2',
  permissions: '1',
  permission: '1',
  state: 'on',
  argv: '["id"]',
  duration: '60000',
  phase: '6',
  result: '0',
  decision: '1',
  direction: '1',
  sha256: '00',
  code: '0',
}
const REASONS: Readonly<Record<string, string>> = { 'file.ended': 'cancelled' }

describe('the log as its reader has it', () => {
  test('every kind of entry is a sentence in every language, or serves proof alone', () => {
    expect(KINDS.length).toBeGreaterThan(35)
    for (const language of LANGUAGES.keys()) {
      const silent = KINDS.filter(({ kind, names }) => {
        const known = { ...SAMPLE, reason: REASONS[kind] ?? 'because' }
        const details = Object.fromEntries(names.map(name => [name, known[name as keyof typeof known] ?? '3']))
        const [text] = texts([{ kind, details }], language)
        if (text !== undefined) expect(text).not.toMatch(/undefined|NaN/)
        return text === undefined
      })
      expect(silent.map(({ kind }) => kind)).toEqual(PROOF_ALONE)
    }
  })

  test('a command is told with its words, by whom and as whom, and how it ended', () => {
    const run = { participant: '2', command: '7', argv: '["sh","-c","echo a b","\\u001b[2J"]', user: 'root', sha256: '00' }
    const ended = (by: string, code: string) => ({ kind: 'command.ended', details: { participant: '2', command: '7', by, code } })
    expect(texts([{ kind: 'command.run', details: run }, ended('', '3'), ended('SIGTERM', '')])).toEqual([
      'Ada ran as root: sh -c "echo a b" "[2J"',
      'The command of Ada ended with 3: sh -c "echo a b" "[2J"',
      'The command of Ada was ended (SIGTERM): sh -c "echo a b" "[2J"',
    ])
  })

  test('powers are told when they are asked for, had, refused and over, and not in between', () => {
    const phases = ['2', '3', '4', '5', '6', '7', '8', '9', '10'].map(phase => ({ kind: 'elevation.changed', details: { participant: '2', phase } }))
    const asked = { kind: 'elevation.asked', details: { participant: '2', duration: '900000', reason: 'A driver' } }
    expect(texts([asked, ...phases])).toEqual([
      'Ada asked for administrator powers, for 15 min: “A driver”',
      'Ada has administrator powers',
      'Ada was not given administrator powers',
      'Administrator powers for Ada failed',
      'Ada no longer has administrator powers',
      'Ada no longer has administrator powers',
    ])
  })

  test('who is in control, what was pressed, and what passes by itself', () => {
    expect(said('control.changed')).toBe('Ada is in control of mouse and keyboard')
    expect(said('control.changed', { participant: '0' })).toBe('Nobody but you is in control of mouse and keyboard')
    expect(said('input.used', { presses: '12', buttons: '3', texts: '1' })).toBe('Ada used mouse and keyboard (keys 12, buttons 3, texts 1)')
    expect(said('keys.sent', { combo: 'ctrl+alt+delete', result: '0' })).toBe('Ada pressed Ctrl+Alt+Del')
    expect(said('keys.sent', { combo: '', result: '4' })).toBe('Ada tried to press a key combination, and could not')
    expect(said('clipboard.synced', { direction: '1', state: 'on' })).toBe('What Ada copies comes to you by itself')
    expect(said('clipboard.synced', { direction: '2', state: 'off' })).toBe('What you copy no longer goes to Ada by itself')
    expect(said('recording.changed', { state: 'off' })).toBe('Ada no longer records')
  })

  test('files that were taken, refused, or came in part, and a restart', () => {
    const decided = (direction: string, decision: string) => said('file.decided', { direction, decision, entries: '3' })
    expect(decided('1', '1')).toBe('Files or folders of Ada were accepted here (3)')
    expect(decided('1', '5')).toBe('Files or folders of Ada were refused here (3)')
    expect(decided('2', '1')).toBe('Ada accepted files or folders from you (3)')
    expect(decided('2', '4')).toBe('Ada refused files or folders from you (3)')
    expect(said('file.ended', { reason: 'lost' })).toBe('A transfer with Ada broke off')
    expect(said('file.ended', { reason: 'done' })).toBeUndefined()
    expect(said('rejoin.asked', { reason: 'An update' })).toBe('Ada asked to come back after a restart: “An update”')
    expect(said('rejoin.changed', { state: 'ready' })).toBe('The session with Ada comes back after the next restart')
    expect(said('rejoin.changed', { state: 'denied' })).toBe('The session with Ada does not come back after a restart')
    expect(said('rejoin.used')).toBe('The session came back after a restart')
  })
})
