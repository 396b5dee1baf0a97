import { Button, Channel, CloseCode, type InputMessage, KeyCombo, MESSAGE_TYPES, Permission, RefusalReason, Role } from '@remote-assist/codec'
import { messageArbitrary } from '@remote-assist/codec/testing'
import fc, { type Arbitrary } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inputSink } from '../../src/channels/input/sink.js'
import { inputSource } from '../../src/channels/input/source.js'
import { screenSource } from '../../src/channels/screen/source.js'
import { screenView } from '../../src/channels/screen/view.js'
import type { Instant } from '../../src/instant.js'
import { LocalProtocolError, type Step, type TransitionTable } from '../../src/machine.js'
import { expect as awaits, grantee } from '../../src/peer/grantee.js'
import { grantor, meet } from '../../src/peer/grantor.js'
import { ROLE_CEILING } from '../../src/peer/grants.js'
import { initialSession, session } from '../../src/session/session.js'
import { at, deepFreeze } from '../support/actor.js'
import { EVERYTHING, hello, POLICY, roster, screen, subscribe, welcome } from '../support/protocol.js'

interface Event {
  readonly type: string
}
interface Subject {
  readonly name: string
  readonly table: TransitionTable
  step(state: never, event: never, now: Instant): Step<{ readonly phase: string }, Event>
  nextDeadline(state: never): Instant | undefined
}
const events = (type: string, fields: { readonly [name: string]: Arbitrary<unknown> } = {}): Arbitrary<Event> =>
  fc.record({ type: fc.constant(type), ...fields }) as Arbitrary<Event>
const plain = (...types: readonly string[]): Arbitrary<Event> => fc.constantFrom(...types.map(type => ({ type })))

/** Everything that can arrive on a channel, as events. */
function remote(channel: keyof typeof MESSAGE_TYPES, only?: (messageCase: string) => boolean): Arbitrary<Event> {
  return (messageArbitrary(MESSAGE_TYPES[channel]) as Arbitrary<InputMessage>)
    .filter(({ kind }) => kind !== undefined && (only?.(kind.$case) ?? true))
    .map(({ kind }) => ({ type: `remote.${kind?.$case}`, value: kind?.value }))
}

const small = fc.integer({ min: 0, max: 3 })
const permission = fc.constantFrom(...EVERYTHING)
const code = fc.constantFrom(CloseCode.LEFT, CloseCode.REMOVED, CloseCode.TIMEOUT)
const line = fc.oneof(plain('peer.secured', 'peer.lost', 'peer.returned'), events('peer.failed', { code }), events('peer.left', { code }))
const granted = fc.array(fc.record({ permission, expiresInMs: fc.constantFrom(0, 500, 5_000) }), { maxLength: 3 })
const layout = fc.record({ epoch: fc.integer({ min: 1, max: 2 }), screens: fc.constantFrom([screen(1)], [screen(1), screen(2)], []) })

const isReply = (messageCase: string) => ['sendKeysResult', 'inputRejected', 'localInputActive'].includes(messageCase)
const isWatch = (messageCase: string) => ['subscribe', 'unsubscribe', 'frameAck', 'requestKeyframe'].includes(messageCase)
const stamp = { seq: fc.integer({ min: 1, max: 2_000 }), leaseEpoch: fc.integer({ min: 1, max: 2 }) }
const place = { screenId: fc.integer({ min: 1, max: 2 }), layoutEpoch: fc.integer({ min: 1, max: 2 }), x: fc.integer(), y: fc.integer() }
const value = (type: string, fields: { readonly [name: string]: Arbitrary<unknown> }) => events(type, { value: fc.record(fields) })

const party = { participant: 2, ceiling: ROLE_CEILING[Role.AGENT], consentTimeoutMs: 3_000, graceMs: 2_000, candidate: false }
const host = { participant: 1, self: 2, consentTimeoutMs: 3_000, graceMs: 2_000, candidate: false, invited: false }

const SUBJECTS: readonly {
  readonly what: string
  readonly machine: unknown
  readonly initial: unknown
  readonly event: Arbitrary<Event>
  readonly most: number
}[] = [
  {
    what: 'the session',
    machine: session,
    initial: initialSession,
    event: fc.oneof(
      plain('transport.lost', 'transport.heard', 'session.activity'),
      events('transport.opened', { hello: fc.constant(hello(Role.AGENT)) }),
      value('remote.ping', { id: fc.bigInt({ min: 0n, max: 9n }) }),
      events('remote.roster', { value: fc.bigInt({ min: 0n, max: 9n }).map(revision => roster(revision)) }),
      events('remote.welcome', {
        value: fc.constantFrom(welcome(1), welcome(1, { policy: { ...POLICY, idleTimeoutMs: 4_000, maxSessionDurationMs: 20_000 } })),
      }),
      value('remote.refusal', {
        code: fc.constantFrom(CloseCode.OVERLOADED, CloseCode.FULL, CloseCode.NOT_FOUND),
        retryAfterMs: small,
        detail: fc.constant(''),
      }),
    ),
    most: 2_000,
  },
  ...([Role.AGENT, Role.VIEWER] as const).flatMap(role => [
    {
      what: `the customer's peer for the ${Role[role]}`,
      machine: grantor,
      initial: meet({ ...party, role, ceiling: ROLE_CEILING[role] }, false, at(0)).state,
      event: fc.oneof(
        line,
        value('remote.consentRequest', { requestId: small, permissions: fc.array(permission, { maxLength: 4 }), reason: fc.constant('') }),
        events('local.decide', { requestId: small, granted }),
        events('local.grant', { permission, expiresInMs: fc.constantFrom(0, 700) }),
        events('local.revoke', { permission }),
        plain('local.pause', 'local.unpause'),
        events('local.remove', { code }),
      ),
      most: 3_000,
    },
    {
      what: `the peer of the ${Role[role]}`,
      machine: grantee,
      initial: awaits({ ...host, role }, at(0)).state,
      event: fc.oneof(
        line,
        value('remote.decision', { requestId: small, granted, reason: fc.constantFrom(RefusalReason.UNSPECIFIED, RefusalReason.BUSY, RefusalReason.DENIED) }),
        value('remote.grantChanged', { participant: fc.constantFrom(2, 3), grants: granted, source: small }),
        value('remote.pause', {}),
        value('remote.unpause', {}),
        value('remote.stop', { code }),
        events('local.ask', { requestId: small, permissions: fc.constant([Permission.CHAT]), reason: fc.constant('') }),
      ),
      most: 3_000,
    },
  ]),
  {
    what: 'the input of an agent',
    machine: inputSource,
    initial: inputSource.initial,
    event: fc.oneof(
      events('permit', { open: fc.boolean(), control: fc.boolean(), epoch: small, layoutEpoch: small, text: fc.boolean() }),
      events('local.key', { usage: fc.integer({ min: 4, max: 9 }), down: fc.boolean(), modifiers: small, locks: small }),
      events('local.button', { ...place, button: fc.constantFrom(Button.LEFT, Button.RIGHT), down: fc.boolean() }),
      events('local.sendKeys', { requestId: small, combo: fc.constant(KeyCombo.CTRL_ESCAPE) }),
      plain('local.releaseAll'),
      remote(Channel.INPUT, isReply),
    ),
    most: 2_000,
  },
  {
    what: 'the input at the customer',
    machine: inputSink,
    initial: inputSink.initial,
    event: fc.oneof(
      events('permit', {
        open: fc.boolean(),
        control: fc.boolean(),
        epoch: fc.integer({ min: 1, max: 2 }),
        layout,
        secureKeys: fc.constantFrom(undefined, RefusalReason.NO_GRANT),
      }),
      value('remote.keyEvent', { ...stamp, hidUsage: fc.integer({ min: 4, max: 231 }), down: fc.boolean(), modifiers: small, locks: small }),
      value('remote.pointerButton', { ...stamp, ...place, button: fc.constantFrom(Button.LEFT, Button.RIGHT), down: fc.boolean() }),
      value('remote.pointerMove', { ...stamp, ...place }),
      value('remote.sendKeys', { ...stamp, requestId: small, combo: fc.constantFrom(KeyCombo.CTRL_ESCAPE, KeyCombo.CTRL_ALT_DELETE) }),
      events('local.comboDone', { requestId: small, refusal: fc.constant(0) }),
      remote(Channel.INPUT, messageCase => !isReply(messageCase)),
    ),
    most: 6_000,
  },
  {
    what: 'the screens at the customer',
    machine: screenSource,
    initial: screenSource.initial,
    event: fc.oneof(
      events('permit', { view: fc.boolean(), flowing: fc.boolean(), layout }),
      events('remote.subscribe', { value: fc.constantFrom(subscribe(1), subscribe(2)) }),
      value('remote.frameAck', { screenId: fc.constant(1), frameId: fc.integer({ min: 1, max: 9 }), decodeUs: small }),
      events('local.frame', { frameId: fc.integer({ min: 1, max: 9 }), baseFrameId: fc.constant(0), bytes: fc.integer({ min: 1, max: 50_000 }) }),
      remote(Channel.SCREEN, isWatch),
    ),
    most: 20_000,
  },
  {
    what: 'the screens at a viewer',
    machine: screenView,
    initial: screenView.initial,
    event: fc.oneof(
      events('permit', { view: fc.boolean() }),
      value('remote.screenList', { layoutEpoch: fc.integer({ min: 1, max: 2 }), screens: fc.constantFrom([screen(1)], [screen(1), screen(2)]) }),
      value('remote.framePart', { screenId: fc.constant(1), layoutEpoch: fc.constant(1), frameId: small, baseFrameId: small, part: small, last: fc.boolean() }),
      events('local.show', { subscribe: fc.constantFrom(subscribe(1), subscribe(2)) }),
      plain('local.hide', 'local.undecodable'),
      remote(Channel.SCREEN, messageCase => !isWatch(messageCase)),
      remote(Channel.MEDIA),
    ),
    most: 60_000,
  },
]

const size = (state: unknown): number => JSON.stringify(state, (_key, it) => (typeof it === 'bigint' ? String(it) : it)).length

describe.each(SUBJECTS)('$what, whatever comes', ({ machine, initial, event, most }) => {
  const { table, step, nextDeadline } = machine as Subject

  it('moves as its table says, never changes what it was given, throws for callers alone, stays small, and always gets past its deadlines', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(0, 0, 1, 90, 600, 5_000), event), { maxLength: 80 }), trace => {
        let state = deepFreeze(initial) as { readonly phase: string }
        let now = at(0)
        const apply = (next: Event) => {
          const cell = table[state.phase]?.[next.type]
          let after: Step<{ readonly phase: string }, Event>
          try {
            after = step(state as never, deepFreeze(next) as never, now)
          } catch (error) {
            expect(error).toBeInstanceOf(LocalProtocolError)
            expect(next.type).toMatch(/^local\./)
            return
          }
          if (cell !== undefined) expect(cell).toContain(after.state.phase)
          else expect(after.state).toBe(state)
          expect(after.effects.some(effect => effect.type === 'violation')).toBe(cell === undefined && next.type.startsWith('remote.'))
          state = deepFreeze(after.state)
          expect(size(state)).toBeLessThan(most)
        }
        for (const [ms, next] of trace) {
          const until = now + ms
          for (let due = nextDeadline(state as never); due !== undefined && due <= until; due = nextDeadline(state as never)) {
            now = at(Math.max(now, due))
            apply({ type: 'tick' })
            const later = nextDeadline(state as never)
            expect(later === undefined || later > now).toBe(true)
          }
          now = at(until)
          apply(next)
        }
      }),
      { numRuns: 150 },
    )
  })
})
