/** The control lease, kept by the customer: at most one agent is in control, and every change is a new epoch. */
import { CloseCode } from '@remote-assist/codec'
import { after, type Instant, msUntil } from '../instant.js'
import { defineMachine, go, type Machine, type Step, stay, type TransitionTable } from '../machine.js'

/** Local input keeps the agent's input out for so long (RA-INP: local pre-emption). */
export const HOLD_OFF_MS = 2_000

export type LeaseState =
  | { readonly phase: 'free'; readonly epoch: number }
  | { readonly phase: 'held'; readonly epoch: number; readonly holder: number }
  /** The local user is at work; the holder keeps the lease, its input does not count until `until`. */
  | { readonly phase: 'held-off'; readonly epoch: number; readonly holder: number; readonly until: Instant }

export type LeaseEvent =
  | { readonly type: 'lease.take'; readonly participant: number }
  | { readonly type: 'lease.drop'; readonly participant: number }
  | { readonly type: 'local.input' }
  | { readonly type: 'tick' }

export const LEASE_TABLE = {
  free: { 'lease.take': ['held'], 'lease.drop': ['free'], 'local.input': ['free'], tick: ['free'] },
  held: { 'lease.take': ['held'], 'lease.drop': ['free', 'held'], 'local.input': ['held-off'], tick: ['held'] },
  'held-off': { 'lease.take': ['held-off'], 'lease.drop': ['free', 'held-off'], 'local.input': ['held-off'], tick: ['held', 'held-off'] },
} as const satisfies TransitionTable<LeaseState['phase'], LeaseEvent['type']>

type Out<P extends LeaseState['phase']> = Step<Extract<LeaseState, { phase: P }>, never>

const holdOff = (s: Exclude<LeaseState, { phase: 'free' }>, epoch: number, now: Instant): Out<'held-off'> =>
  go({ phase: 'held-off', holder: s.holder, epoch, until: after(now, HOLD_OFF_MS) })

/** Has no effects: who needs to know is told by the coupling, which compares the lease before and after. */
export const lease: Machine<LeaseState, LeaseEvent, never> = defineMachine<typeof LEASE_TABLE, LeaseState, LeaseEvent, never>({
  name: 'lease',
  table: LEASE_TABLE,
  illegal: CloseCode.WRONG_PHASE,
  handlers: {
    free: {
      'lease.take': (s, e) => go({ phase: 'held', holder: e.participant, epoch: s.epoch + 1 }),
      'lease.drop': stay,
      'local.input': stay,
      tick: stay,
    },
    held: {
      'lease.take': (s, e) => (e.participant === s.holder ? stay(s) : go({ phase: 'held', holder: e.participant, epoch: s.epoch + 1 })),
      'lease.drop': (s, e) => (e.participant === s.holder ? go({ phase: 'free', epoch: s.epoch + 1 }) : stay(s)),
      'local.input': (s, _e, now) => holdOff(s, s.epoch + 1, now),
      tick: stay,
    },
    'held-off': {
      'lease.take': (s, e) => (e.participant === s.holder ? stay(s) : go({ ...s, holder: e.participant, epoch: s.epoch + 1 })),
      'lease.drop': (s, e) => (e.participant === s.holder ? go({ phase: 'free', epoch: s.epoch + 1 }) : stay(s)),
      'local.input': (s, _e, now) => holdOff(s, s.epoch, now),
      tick: (s, _e, now) => (now >= s.until ? go({ phase: 'held', holder: s.holder, epoch: s.epoch }) : stay(s)),
    },
  },
  nextDeadline: s => (s.phase === 'held-off' ? s.until : undefined),
})

/** Who is in control; 0 = nobody. */
export const holderOf = (s: LeaseState): number => (s.phase === 'free' ? 0 : s.holder)

/** The lease as it is told to everybody. */
export const leaseMessage = (s: LeaseState, now: Instant) => ({
  holder: holderOf(s),
  leaseEpoch: s.epoch,
  heldOffMs: s.phase === 'held-off' ? msUntil(s.until, now) : 0,
})
