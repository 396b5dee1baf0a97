/** What the companion's window has to show, made up, to look at: each of its states with everything in it, and with the longest of names. */
import { type CompanionState, initialCompanion, type PowerQuestion } from '../companion/state.js'
import type { Present, Question } from '../model.js'

const LONG = 'driver/a-package-with-a-very-long-name-for-all-printers-of-2026.11.tar.gz'
const WORDS = ['tiger', 'Norwegian', 'tissue']
const byMs = Date.now() + 600_000

const ada: Present = {
  id: 2,
  name: 'Ada',
  role: 'agent',
  organisation: 'Example Support',
  inControl: true,
  recording: true,
  away: false,
  holds: ['see', 'talk'],
}
const ben: Present = { ...ada, id: 3, name: 'Łukasz Wiśniewski-Brzęczyszczykiewicz', role: 'viewer', organisation: undefined, inControl: false }
const asks: Question = {
  id: 1,
  from: ada,
  words: WORDS,
  reason: 'Der Drucker schweigt',
  topics: ['see', 'control', 'talk', 'clipboard', 'files', 'elevate', 'record'],
  wantsControl: false,
  byMs,
}
const power: PowerQuestion = {
  id: 1,
  kind: 'elevation',
  from: ada,
  words: WORDS,
  reason: 'Ein Treiber',
  minutes: 10,
  credentials: false,
  attemptsLeft: undefined,
  armedAtMs: byMs,
  byMs,
}
const own = { ...power, from: undefined, words: [], reason: '', armedAtMs: 0 }
const live = {
  stage: { name: 'live' },
  people: [ada, ben],
  shared: { surface: 'desktop', width: 2_560, height: 1_440 },
  stopKeys: 'Ctrl+Alt+End',
} as const satisfies Partial<CompanionState>
const offer = { id: 1, kind: 'offer', name: 'Ada', prompt: '', entries: [{ path: LONG, bytes: 9 }], bytes: 9, byMs } as const
const transfer = { id: 1, way: 'receiving', name: LONG, fraction: 0.4, bytesPerSecond: 1e6, state: 'moving', why: undefined } as const
const over = { code: 'E_STOPPED', message: '', hint: undefined }
const log = [
  { kind: 'participant.joined', name: ben.name },
  { kind: 'consent.decided', permissions: '1,2' },
  { kind: 'control.changed' },
  { kind: 'input.used', presses: '12', buttons: '3', texts: '1' },
  { kind: 'file.decided', direction: '1', decision: '5', entries: '3' },
  { kind: 'file.sent', transfer: '1', name: LONG, sha256: '00' },
  { kind: 'elevation.asked', reason: 'Ein Treiber', duration: '900000' },
  { kind: 'elevation.changed', phase: '6' },
  { kind: 'command.run', command: '1', user: 'root', argv: JSON.stringify(['apt-get', 'install', LONG]) },
  { kind: 'command.ended', command: '1', by: '', code: '0' },
  { kind: 'elevation.changed', phase: '10' },
  { kind: 'rejoin.changed', state: 'ready' },
].map(({ kind, ...details }) => ({ atMs: byMs, kind, details: { participant: '3', ...details } }))
const logFile = `/home/eva/Downloads/${LONG}`
const received = [{ path: LONG, bytes: undefined, url: undefined }]

const STATES: Readonly<Record<string, Partial<CompanionState>>> = {
  'the PIN, once mistyped': { stage: { name: 'code', problem: { ...over, code: 'E_PIN_WRONG', typed: '1234', attemptsLeft: 2, againAtMs: undefined } } },
  'nothing here can be controlled': { stage: { name: 'code', problem: undefined }, notice: { ...over, code: 'E_NO_INPUT' } },
  waiting: { stage: { name: 'waiting' } },
  consent: { stage: { name: 'waiting' }, questions: [asks] },
  'more, and a notice': { ...live, questions: [{ ...asks, topics: ['files'] }], notice: { ...over, code: 'E_NOT_YOUR_HAND' } },
  'administrator powers': { ...live, power },
  'a password, once mistyped': { ...live, power: { ...own, kind: 'password', attemptsLeft: 2 } },
  'a restart': { ...live, power: { ...power, kind: 'rejoin', armedAtMs: 0 } },
  files: {
    ...live,
    fileQuestions: [offer, { ...offer, id: 2, kind: 'ask', prompt: LONG }],
    transfers: [transfer, { ...transfer, id: 2, state: 'failed' }],
    received,
  },
  'chat and log': { ...live, chat: [{ id: 1, name: ben.name, self: false, text: LONG, atMs: byMs }], log, logFile, rejoinReady: true, paused: true },
  'the end': { stage: { name: 'ended', why: over, refused: false }, received, log, logFile },
}

/** Each, by what it is. */
export const companionStates: Readonly<Record<string, CompanionState>> = Object.fromEntries(
  Object.entries(STATES).map(([name, state]) => [name, { ...initialCompanion, words: { 2: WORDS }, ...state }]),
)
