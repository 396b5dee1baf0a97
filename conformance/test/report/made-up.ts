/** A report that no run made: as many cases, failures and events as a test wants, with texts of its choice. */
import type { CaseResult, CheckResult, CheckVerdict, ProfileName, RunReport, TraceEntry } from '../../src/model.js'
import type { Arrival } from '../../src/play/player.js'
import { loadRegistry } from '../../src/registry/index.js'

export const registry = loadRegistry()

const PROFILES: readonly ProfileName[] = ['core', 'relay', 'resume', 'files', 'clipboard', 'elevation', 'annotation-chat', 'binding-websocket']
const DEEDS = [
  'is granted',
  'is refused without a grant',
  'ends when it is taken back',
  'comes late',
  'is repeated',
  'comes in two pieces',
  'is too long',
  'comes before consent',
]

const bytes = (length: number, first = 0): Uint8Array => Uint8Array.from({ length }, (_none, index) => (first + index * 31) % 251)

function arrival(index: number, to: string, channel: Arrival['channel'], name: string, fields: Arrival['fields'], fault?: string): TraceEntry {
  const base = { index, atMs: index * 7, to, source: to === 'broker' ? 2 : 2, targets: [1], sequence: BigInt(index), channel, name, fields }
  return { kind: 'arrival', arrival: { ...base, frame: bytes(90 + index, index), bytes: bytes(40, index), ...(fault === undefined ? {} : { fault }) } }
}

const sent = (index: number, from: string, what: string, fields: Arrival['fields']): TraceEntry => ({
  kind: 'sent',
  index,
  atMs: index * 7,
  from,
  what,
  fields,
  frame: bytes(70, index),
})

/** A session that comes to consent, with a viewer, an error and an end. */
export function trace(): TraceEntry[] {
  return [
    { kind: 'adapter', index: 0, atMs: 0, direction: 'to', what: 'startRole', fields: { role: 'CUSTOMER', pin: '123456789' } },
    { kind: 'adapter', index: 1, atMs: 12, direction: 'from', what: 'roleReady', fields: {} },
    { kind: 'opened', index: 2, atMs: 19, to: 'broker' },
    arrival(3, 'broker', 'RELAY', 'hello', { minor: 0, role: 'CUSTOMER' }),
    sent(4, 'broker', 'RELAY welcome', { participant: 2, sessionId: bytes(16) }),
    arrival(5, 'agent', 'HANDSHAKE', 'handshakeShare', { share: bytes(32) }),
    sent(6, 'agent', 'HANDSHAKE handshakeConfirm', { mac: bytes(32) }),
    { kind: 'step', index: 7, atMs: 48, text: 'send {"as":"agent","session":{"consentRequest":{"permissions":["VIEW_SCREEN","CONTROL_INPUT"]}}}' },
    sent(8, 'agent', 'SESSION consentRequest', { permissions: ['VIEW_SCREEN', 'CONTROL_INPUT'], reason: 'To look at the printer' }),
    { kind: 'adapter', index: 9, atMs: 63, direction: 'from', what: 'asked', fields: { id: 1, about: 'consent' } },
    { kind: 'adapter', index: 10, atMs: 70, direction: 'to', what: 'do', fields: { answer: { question: 1, permissions: ['VIEW_SCREEN'] } } },
    arrival(11, 'agent', 'SESSION', 'grants', { grants: [{ participant: 1, permissions: ['VIEW_SCREEN', 'CONTROL_INPUT'] }] }),
    arrival(12, 'viewer', '', '', {}, 'the record does not open: its tag is wrong'),
    { kind: 'closing', closing: { index: 13, atMs: 91, to: 'viewer', code: 407, reason: 'PROTOCOL_ERROR' } },
  ]
}

function check(verdict: CheckVerdict, id: string, cites: readonly string[], message: string): CheckResult {
  return {
    check: { id, title: 'The agent holds what the customer granted and no more.', cites, control: id === '1' },
    verdict,
    message,
    evidence: verdict === 'PASSED' ? [] : [11],
  }
}

export interface Wishes {
  readonly cases?: number
  /** Places of cases that fail. */
  readonly failing?: readonly number[]
  readonly skipped?: readonly number[]
  readonly broken?: readonly number[]
  /** They keep all but a SHOULD. */
  readonly warned?: readonly number[]
  /** Whatever a testee says of itself. */
  readonly name?: string
  readonly message?: string
}

/** The whole report: consistent in itself. */
export function madeUp({
  cases = 300,
  failing = [41, 160, 277],
  skipped = [],
  broken = [],
  warned = [],
  name = 'Acme Assist',
  message,
}: Wishes = {}): RunReport {
  const all = registry.of('customer', PROFILES)
  const results = Array.from({ length: cases }, (_none, index): CaseResult => {
    const profile = PROFILES[index % 3 === 0 ? (index / 3) % PROFILES.length : 0] ?? 'core'
    const duties = all.filter(requirement => requirement.profile === profile)
    const warns = warned.includes(index)
    const fails = failing.includes(index) || warns
    const cites = [(warns ? all.find(({ level }) => level === 'SHOULD') : duties[index % duties.length])?.id ?? '']
    const verdict = warns ? 'WARNED' : fails ? 'FAILED' : skipped.includes(index) ? 'SKIPPED' : broken.includes(index) ? 'BROKEN' : 'PASSED'
    const told = message ?? 'grants[0].permissions is ["VIEW_SCREEN","CONTROL_INPUT"], not the set ["VIEW_SCREEN"]'
    const reached = verdict === 'PASSED' || fails
    const first = reached ? check('PASSED', '1', cites, '') : check('NOT_REACHED', '1', cites, '')
    const second = check(fails ? 'FAILED' : reached ? 'PASSED' : 'NOT_REACHED', '2', cites, fails ? told : '')
    const third = fails && !warns ? check('NOT_REACHED', '3', [all[(index * 7) % all.length]?.id ?? ''], told) : undefined
    return {
      case: {
        id: `customer/${profile}/deed-${index}`,
        title: `What is asked ${DEEDS[index % DEEDS.length]}, as number ${index}`,
        role: 'customer',
        profile,
        kind: index % 5 === 0 ? 'hostile' : 'scenario',
        needs: [],
        checks: [first, second, ...(third === undefined ? [] : [third])].map(result => result.check),
        source: 'given {"at":"consenting"}\nexpect {"at":"agent","session":{"grants":{}}}',
      },
      verdict,
      reason: verdict === 'PASSED' ? '' : verdict === 'SKIPPED' ? 'the adapter has no feature "clock"' : told,
      checks: third === undefined ? [first, second] : [first, second, third],
      seconds: 0.04 + (index % 7) / 100,
      ...(fails || verdict === 'BROKEN' ? { replay: `remote-assist-conformance replay customer/${profile}/deed-${index} -- ./acme-adapter --quiet` } : {}),
      trace: fails ? trace() : [],
    }
  })
  const checks = results.flatMap(result => result.checks.map(one => ({ ...one, name: `${result.case.id}#${one.check.id}` })))
  const requirements = all.map(({ id, level, text, page }) => {
    const citing = checks.filter(one => one.check.cites.includes(id))
    const verdict = citing.length === 0 ? 'UNCHECKED' : citing.every(one => one.verdict === 'PASSED') ? 'PASSED' : 'FAILED'
    return { id, level, text, page, checks: citing.map(one => one.name), verdict } as const
  })
  return {
    verdict: failing.length + broken.length > 0 ? 'failed' : skipped.length > 0 ? 'partial' : 'conformant',
    role: 'customer',
    profiles: PROFILES,
    spec: '1.0',
    suite: '0.1.0',
    implementation: { name, version: '4.2' },
    cases: results.length,
    checks: checks.length,
    passed: checks.filter(({ verdict }) => verdict === 'PASSED').length,
    failed: checks.filter(({ verdict }) => verdict !== 'PASSED').length - warned.length,
    warned: warned.length,
    skipped: skipped.length,
    broken: broken.length,
    unsteady: [],
    seconds: 17.4,
    seed: 42,
    startedAt: '2026-04-01T09:30:00.000Z',
    command: 'remote-assist-conformance run --role customer --profile all -- ./acme-adapter --quiet',
    requirements,
    results,
  }
}
