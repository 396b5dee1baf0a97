/** One simulated session: an agent, a customer, strangers, invited guests, lines that break; then quiet, and the question whether everybody agrees. */
import { Role } from '@remote-assist/codec'
import type { CustomerState, JoinerState } from '@remote-assist/core'
import { Adversary } from './adversary.js'
import { Breach } from './breach.js'
import { Broker } from './broker.js'
import { type Credentials, End, type State, type Watcher } from './end.js'
import type { Content } from './files.js'
import { Invariants } from './invariants.js'
import { CustomerPerson } from './people/customer.js'
import { JoinerPerson } from './people/joiner.js'
import { type Person, Requests, type Stage } from './people/stage.js'
import { Random } from './random.js'
import { Schedule } from './schedule.js'
import { Guard } from './security/guard.js'

/** What a simulated session came to. */
export interface Outcome {
  readonly seed: number
  readonly steps: number
  readonly simulatedMs: number
  /** Undefined = every invariant held. */
  readonly failure: { readonly invariant: string; readonly message: string; readonly at: number } | undefined
  /** Somebody hostile owned the broker; how often it did something. */
  readonly attacked: boolean
  readonly deeds: number
  /** Keys, handshakes and records were computed, not just compared. */
  readonly real: boolean
  readonly reached: ReadonlySet<string>
  readonly trace: readonly string[]
}

/** How much happens, and for how long everything is left alone afterwards. */
const ACTIONS = 60
const QUIET_MS = 200_000
/** A session that takes more steps than this does not come to rest. */
const MAX_STEPS = 200_000

/** One session in so many is attacked, and one in so many is sealed in earnest. */
const ATTACKED = 3
const REAL = 100

/** What a session may be told; what is left out follows from the seed. */
export interface Options {
  readonly trace?: boolean
  readonly attacked?: boolean
  readonly real?: boolean
}

/** Runs one session to its end. */
export async function simulate(seed: number, options: Options = {}): Promise<Outcome> {
  const { attacked = seed % ATTACKED === 0, real = seed % REAL === 0 } = options
  const random = new Random(seed)
  const schedule = new Schedule()
  const requests = new Requests()
  const broker = new Broker(schedule, random, '4821', { consentTimeoutMs: 20_000 })
  const guard = new Guard(schedule, real, seed)
  const adversary = attacked ? new Adversary(broker, schedule, new Random(seed ^ 0xadd), guard) : undefined
  broker.interceptor = adversary
  const people = new Map<End, Person>()
  const judges = new Map<End, Invariants>()
  const underway = new Set<Promise<void>>()
  let fault: unknown
  const trace: string[] = []
  let steps = 0
  let until = Number.POSITIVE_INFINITY

  const watcher: Watcher = {
    stepped(end, before, event, after, effects, nextDeadline) {
      steps++
      if (options.trace === true) trace.push(describe(end, schedule.now, event, effects))
      resumed(end, before, after)
      judges.get(end)?.stepped(end.credentials.name, before, event, after, effects, schedule.now, nextDeadline)
    },
    noticed: (end, peer, notice) => people.get(end)?.noticed(peer, notice),
    malformed: (end, peer, code) => {
      if (!attacked) throw new Breach('what honest ends send opens', `${end.credentials.name} found what participant ${peer} sent malformed, ${code}`)
    },
    soon(after) {
      underway.add(after)
      after
        .catch(error => {
          fault ??= error
        })
        .finally(() => underway.delete(after))
    },
  }
  /** Lets go on what waited for a turn of the code. */
  const settle = async (): Promise<void> => {
    await new Promise(resolve => setImmediate(resolve))
    if (fault !== undefined) throw fault
  }

  /** Two ends whose lines have been up all the while do not lose each other. */
  const resumed = (end: End, before: State, after: State): void => {
    if (attacked || !parted(before, after)) return
    for (const { number, from, code } of lost(before, after)) {
      const other = [...people.keys()].find(it => it.self === number && !it.ended)
      if (other !== undefined && machinesOf(other.state).get(end.self)?.phase === 'gone') continue
      const wellSince = Math.max(end.upSince ?? schedule.now, other?.upSince ?? schedule.now, end.frozeAt, other?.frozeAt ?? 0)
      if (other !== undefined && !other.frozen && schedule.now - wellSince > RETURN_MS)
        throw new Breach('a line that comes back is resumed', `${end.credentials.name} gave up participant ${number}, ${from}, with ${code}`)
    }
  }

  const join = (credentials: Credentials): End => {
    const end = new End(credentials, broker, schedule, random, watcher, guard)
    const customer =
      credentials.role === Role.CUSTOMER
        ? new CustomerPerson(end, stage, { denies: random.chance(0.1) ? 0.9 : 0.05, ignores: random.chance(0.1) ? 0.9 : 0.03 })
        : undefined
    judges.set(end, new Invariants(undefined, attacked))
    people.set(end, customer ?? new JoinerPerson(end, stage))
    customer?.begin()
    end.attach()
    return end
  }

  const stage: Stage = {
    schedule,
    random,
    requests,
    contents: new Map<number, Content>(),
    invited: (role, inviteId, secret) =>
      void join({ role, name: `${role === Role.VIEWER ? 'viewer' : 'guest'}-${people.size}`, locator: '', inviteId, secret }),
  }

  const none = new Uint8Array()
  join({ role: Role.AGENT, name: 'agent', locator: '', inviteId: none, secret: '973015' })
  // Who owns the broker brings strangers of its own, before the customer and after it.
  const [strangers, within] = attacked ? [random.below(7), 30_000] : [random.chance(0.3) ? random.between(1, 2) : 0, 3_000]
  for (let i = strangers; i > 0; i--)
    schedule.after(random.below(within), () => join({ role: Role.CUSTOMER, name: `stranger-${people.size}`, locator: '4821', inviteId: none, secret: 'guess' }))
  schedule.after(random.below(attacked && random.chance(0.2) ? 40_000 : 5_000), () =>
    join({ role: Role.CUSTOMER, name: 'customer', locator: '4821', inviteId: none, secret: '973015' }),
  )

  const act = (left: number): void => {
    if (left === 0) {
      until = schedule.now + QUIET_MS
      adversary?.retire()
      return
    }
    const ends = [...people.values()].filter(({ end }) => !end.ended && !end.frozen)
    if (ends.length > 0) {
      const person = random.pick(ends)
      const fate = random.below(1_000)
      if (fate < 40) person.end.drop()
      else if (fate < 60) person.end.freeze(random.chance(0.1) ? random.between(5_000, 45_000) : random.between(200, 4_000))
      else if (fate < 64) crash(person.end, requests)
      else if (fate < 68) person.end.dispatch({ type: 'local.leave', code: 100, endSession: false })
      else person.act()
    }
    schedule.after(random.chance(0.2) ? random.below(8_000) : random.below(300), () => act(left - 1))
  }
  schedule.after(8_000, () => act(ACTIONS))

  const outcome = (failure: Outcome['failure']): Outcome => {
    const deeds = adversary?.deeds ?? 0
    const reached = new Set([...judges.values()].flatMap(it => [...it.reached]))
    return { seed, steps, simulatedMs: schedule.now, failure, attacked, deeds, real, reached, trace }
  }
  try {
    while (schedule.now < until && schedule.step()) {
      if (underway.size > 0) await settle()
      if (steps > MAX_STEPS) throw new Breach('9 everything comes to rest', `${steps} steps and no rest`)
    }
    agree([...people.keys()])
    if (requests.left.length > 0) throw new Breach('9 every request ends', `no answer to ${requests.left.join(', ')}`)
    return outcome(undefined)
  } catch (error) {
    return outcome(
      error instanceof Breach
        ? { invariant: error.invariant, message: error.message, at: schedule.now }
        : { invariant: 'no step fails', message: error instanceof Error ? `${error.stack}` : String(error), at: schedule.now },
    )
  }
}

/** Handshakes end within this time when both lines are up. */
const RETURN_MS = 14_000

type Phased = { readonly phase: string; readonly code?: number }

/** Whether anything changed between an end and its counterparts; states are never changed, but replaced. */
const parted = (before: State, after: State): boolean =>
  'peers' in before && 'peers' in after
    ? before.peers !== after.peers
    : 'customer' in before && 'customer' in after && before.customer?.machine !== after.customer?.machine

/** How an end stands with each counterpart. */
const machinesOf = (state: State): ReadonlyMap<number, Phased> =>
  'peers' in state
    ? new Map([...state.peers].map(([number, peer]) => [number, peer.machine]))
    : new Map(state.customer === undefined ? [] : [[state.customer.number, state.customer.machine]])

/** Counterparts that were given up by a deadline, out of a phase in which their return was awaited. */
function lost(before: State, after: State): readonly { readonly number: number; readonly from: string; readonly code: number }[] {
  const now = machinesOf(after)
  return [...machinesOf(before)].flatMap(([number, { phase }]) => {
    const machine = now.get(number)
    const awaited = phase === 'securing' || phase === 'suspended'
    return awaited && machine?.phase === 'gone' && (machine.code === 407 || machine.code === 304) ? [{ number, from: phase, code: machine.code }] : []
  })
}

function crash(end: End, requests: Requests): void {
  end.crash()
  requests.forget(end)
}

/** After a long quiet time nobody waits for anything, and both ends of every pair see the same. */
function agree(ends: readonly End[]): void {
  const customers = ends.filter(end => end.role === Role.CUSTOMER && !end.ended)
  for (const end of customers) {
    const state = end.state as CustomerState
    for (const [number, peer] of state.peers) {
      const { phase } = peer.machine
      if (phase !== 'active' && phase !== 'paused' && phase !== 'gone')
        throw new Breach('9 everything comes to rest', `the customer still has participant ${number} ${phase}`)
      if (phase === 'gone') continue
      const other = ends.find(it => it.role !== Role.CUSTOMER && !it.ended && it.self === number)
      if (other === undefined) throw new Breach('both ends agree', `participant ${number} is ${phase} to the customer and does not exist`)
      pair(state, number, other)
    }
  }
  for (const end of ends) {
    if (end.role === Role.CUSTOMER || end.ended) continue
    const { customer } = end.state as JoinerState
    if (customer === undefined) continue
    const { phase } = customer.machine
    if (phase !== 'active' && phase !== 'paused' && phase !== 'gone')
      throw new Breach('9 everything comes to rest', `${end.credentials.name} still has the customer ${phase}`)
    if (phase !== 'gone' && !customers.some(it => it.self === customer.number))
      throw new Breach('both ends agree', `the customer is ${phase} to ${end.credentials.name} and does not exist`)
  }
}

function pair(state: CustomerState, number: number, other: End): void {
  const peer = state.peers.get(number)
  const { customer } = other.state as JoinerState
  const disagree = (what: string, ours: unknown, theirs: unknown): never => {
    throw new Breach('both ends agree', `on ${what} of participant ${number}: ${ours} at the customer, ${theirs} at ${other.credentials.name}`)
  }
  if (peer === undefined || customer === undefined) return disagree('existence', peer !== undefined, customer !== undefined)
  if (peer.machine.phase !== customer.machine.phase) return disagree('the phase', peer.machine.phase, customer.machine.phase)
  if (peer.machine.phase !== 'active' && peer.machine.phase !== 'paused') return
  if (customer.machine.phase !== 'active' && customer.machine.phase !== 'paused') return
  const list = (grants: readonly { readonly permission: number }[]) => grants.map(grant => grant.permission).join(' ')
  if (list(peer.machine.grants) !== list(customer.machine.grants)) disagree('grants', list(peer.machine.grants), list(customer.machine.grants))
  const holder = state.lease.phase === 'free' ? 0 : state.lease.holder
  if (customer.lease?.holder !== holder || customer.lease.leaseEpoch !== state.lease.epoch)
    disagree('the lease', `${holder} in epoch ${state.lease.epoch}`, `${customer.lease?.holder} in epoch ${customer.lease?.leaseEpoch}`)
  if (customer.participants.length !== state.told.participants.length) disagree('participants', state.told.participants.length, customer.participants.length)
  const ours = peer.channels
  const theirs = customer.channels
  if (ours.screen.phase !== 'closed' && theirs.screen.layout.epoch !== state.layout.epoch)
    disagree('the layout', state.layout.epoch, theirs.screen.layout.epoch)
  if ((ours.screen.phase === 'subscribed') !== (theirs.screen.phase === 'watching')) disagree('the subscription', ours.screen.phase, theirs.screen.phase)
  if ((ours.input.phase === 'open') !== (theirs.input.phase === 'open')) disagree('control', ours.input.phase, theirs.input.phase)
  if (ours.file.sending.length + ours.file.receiving.length !== theirs.file.sending.length + theirs.file.receiving.length)
    disagree('transfers', `${ours.file.sending.length}+${ours.file.receiving.length}`, `${theirs.file.sending.length}+${theirs.file.receiving.length}`)
  if (
    ours.input.phase === 'open' &&
    theirs.input.phase === 'open' &&
    !ours.input.keys.every(key => theirs.input.phase === 'open' && theirs.input.keys.includes(key))
  )
    disagree('what is down', ours.input.keys, theirs.input.keys)
  if ((ours.elevation.phase === 'elevated') !== (theirs.elevation.phase === 'elevated')) disagree('elevation', ours.elevation.phase, theirs.elevation.phase)
  for (const way of ['toCustomer', 'fromCustomer'] as const)
    if (ours.clipboard.switches[way].on !== theirs.clipboard.switches[way].on)
      disagree(`the clipboard ${way}`, ours.clipboard.switches[way].on, theirs.clipboard.switches[way].on)
}

function describe(end: End, now: number, event: { readonly type: string }, effects: readonly { readonly type: string }[]): string {
  const text = (value: unknown): string =>
    JSON.stringify(value, (_key, it) =>
      typeof it === 'bigint' ? `${it}n` : it instanceof Uint8Array ? `<${it.length} bytes>` : it instanceof Map ? [...it] : it,
    )
  return `${Math.round(now)} ${end.credentials.name}#${end.self} ${text(event)} → ${effects.map(effect => text(effect)).join(' ')}`
}
