/** Brings the testee, and everybody whom the suite plays, to where a case begins. */
import { EventOverdue, type RoleUnderTest, type Testee } from '../adapter/index.js'
import type { TraceEntry } from '../model.js'
import { type EndStage, Overdue, type Player, type ReachPhase, stageForEnd } from '../play/index.js'
import type { Cast } from './cast.js'
import type { Given, LoadedCase, Plain } from './load.js'
import { CaseError } from './pattern.js'
import { Disappointment } from './performance.js'

/** What a counterpart holds unless a case says otherwise: everything but RECORD. */
const ORDINARY = [
  'VIEW_SCREEN',
  'CONTROL_INPUT',
  'CLIPBOARD_TO_CUSTOMER',
  'CLIPBOARD_FROM_CUSTOMER',
  'FILES_TO_CUSTOMER',
  'FILES_FROM_CUSTOMER',
  'ELEVATE',
  'RUN_COMMAND',
  'SECURE_KEYS',
  'CHAT',
  'ANNOTATE',
] as const

const VIEWER = ['VIEW_SCREEN', 'CHAT'] as const
const VIEWER_CEILING: ReadonlySet<string> = new Set([...VIEWER, 'RECORD'])
const SCREEN = { id: 1, x: 0, y: 0, width: 64, height: 48, primary: true } as const
const WITHIN_MS = 10_000

/** Begins cases at this testee, under a key of their own. */
export const beginWith =
  (testee: Testee, key: string) =>
  async ({ declaration, given }: LoadedCase): Promise<Cast> => {
    if (declaration.role === 'broker') throw new CaseError('no broker yet')
    const role = declaration.role.toUpperCase() as Player['role']
    const stage = await stageForEnd({
      role,
      seed: seedOf(key),
      way: given.code === 'link' ? 'link' : role === 'VIEWER' ? 'invite' : 'pin',
      grpc: given.binding === 'grpc',
      welcome: { ...given.welcome, ...(given.policy === undefined ? {} : { policy: given.policy }) },
    })
    const notes: TraceEntry[] = []
    try {
      const started = await testee.startRole(key, startOf(stage, given), tracedBy(stage, notes))
      stage.ready(started.ready)
      return {
        stage,
        testee: started,
        given: new Map(),
        notes,
        arrive: () => arrive(stage, started, given),
        close: async () => {
          await Promise.allSettled([started.stop(), stage.close()])
        },
      }
    } catch (error) {
      await stage.close()
      throw error
    }
  }

function startOf(stage: EndStage, { screens, clock, binding }: Given): Plain {
  const { websocketUrl, grpcUrl, ...start } = stage.start as Plain
  return {
    ...start,
    ...(binding === 'grpc' ? { grpcUrl } : { websocketUrl }),
    displayName: 'Testee',
    screens: screens ?? [SCREEN],
    simulatedClock: clock === true,
  }
}

/** Adapter frames for the timeline. Their numbers order events among themselves; `index` places them between those of the wire. */
const tracedBy = (stage: EndStage, notes: TraceEntry[]) => {
  const began = performance.now()
  let count = 0
  return (direction: 'to' | 'from', what: string, fields: unknown): number => {
    notes.push({ kind: 'adapter', index: stage.events.length, atMs: Math.round(performance.now() - began), direction, what, fields })
    return count++
  }
}

/** Where the case begins. Rejects with `Disappointment` if the testee does not come along. */
async function arrive(stage: EndStage, testee: RoleUnderTest, given: Given): Promise<void> {
  const { at = 'active', grants = ORDINARY, with: others = [], manners = {} } = given
  const set = (name: string): void => {
    const changes = manners[name] as Plain | undefined
    if (changes !== undefined) Object.assign(name === 'broker' ? stage.broker.manners : (stage.players.get(name)?.manners ?? {}), changes)
  }
  const party = new Party(stage, testee)
  try {
    set('broker')
    for (const name of stage.players.keys()) set(name)
    if (at === 'started') return
    if (at === 'attached') {
      await stage.broker.inbox.next(({ name }) => name === 'hello', { from: 0, withinMs: WITHIN_MS })
      return
    }
    const isViewer = testeeIs(stage) === 'VIEWER'
    const held = isViewer && given.grants === undefined ? VIEWER : grants
    const paused = at === 'paused'
    await stage.reach((paused ? 'active' : at) as ReachPhase, { grants: held, act: party.act, event: party.event, withinMs: WITHIN_MS })
    for (const name of others) {
      await party.joins(name, given.grants)
      set(name)
    }
    if (given.control || given.elevated) await party.takesControl()
    if (given.watching) await party.watches()
    if (given.elevated) await party.isElevated()
    if (paused) await party.isPaused()
  } catch (error) {
    if (error instanceof Overdue || error instanceof EventOverdue) {
      const seen = error.seen.map(one => ('channel' in one ? `${one.channel}.${one.name}${one.fault === undefined ? '' : ` (${one.fault})`}` : one.name))
      throw new Disappointment(`the case could not begin: ${error.message} What came: ${seen.join(', ') || 'nothing'}`)
    }
    if (error instanceof Error && error.constructor === Error) throw new Disappointment(`the case could not begin: ${error.message}`)
    throw error
  }
}

const testeeIs = (stage: EndStage): Player['role'] => {
  if (!stage.players.has('customer')) return 'CUSTOMER'
  return stage.customer.joinerRole
}

/** What happens on the way to a case's beginning, beyond the counterpart's own admission. */
class Party {
  #from = 0
  constructor(
    private readonly stage: EndStage,
    private readonly testee: RoleUnderTest,
  ) {}

  readonly act = async (action: Plain): Promise<Plain> => {
    const result = await this.testee.do(action)
    if (!result.ok) throw new Error(`the testee does not do ${JSON.stringify(action)}: ${result.error} ${result.text}`)
    return result as unknown as Plain
  }

  readonly event = async (name: string, fits: (fields: Plain) => boolean): Promise<Plain> => {
    const event = await this.testee.events.next(event => event.name === name && fits(event.fields as Plain), { from: this.#from, withinMs: WITHIN_MS })
    this.#from = event.index + 1
    return event.fields as Plain
  }

  /** A further participant of a customer under test: invited, secured, let in. */
  async joins(name: string, grants: readonly string[] | undefined): Promise<void> {
    const isViewer = name.startsWith('viewer')
    const player = await this.stage.enter(name, isViewer ? 'VIEWER' : 'AGENT')
    await player.secured()
    const permissions = isViewer ? (grants?.filter(permission => VIEWER_CEILING.has(permission)) ?? VIEWER) : (grants ?? ORDINARY)
    const asked = this.event('asked', fields => fields.participant === player.number)
    if (!isViewer) player.send({ channel: 'SESSION', messages: [{ consentRequest: { requestId: 900_002, permissions, reason: 'To help' } }] })
    await this.act({ answer: { question: (await asked).id, permissions } })
    await player.inbox.next(({ name: message }) => message === 'decision', { from: 0, withinMs: WITHIN_MS })
    await player.barrier()
  }

  async takesControl(): Promise<void> {
    const agent = this.stage.players.get('agent')
    if (testeeIs(this.stage) === 'CUSTOMER' && agent !== undefined) {
      agent.send({ channel: 'SESSION', messages: [{ requestControl: { requestId: 900_003 } }] })
      await agent.inbox.next(({ name, fields }) => name === 'controlLease' && fields.holder === agent.number, { from: 0, withinMs: WITHIN_MS })
    } else {
      await this.act({ requestControl: {} })
      await this.stage.customer.inbox.next(({ name }) => name === 'requestControl', { from: 0, withinMs: WITHIN_MS })
      await this.stage.customer.barrier()
    }
  }

  async watches(): Promise<void> {
    const agent = this.stage.players.get('agent')
    if (testeeIs(this.stage) === 'CUSTOMER' && agent !== undefined) {
      agent.send({ channel: 'SCREEN', messages: [{ subscribe: { screenId: 1 } }] })
      await agent.inbox.next(({ name, fields }) => name === 'framePart' && fields.last === true, { from: 0, withinMs: WITHIN_MS })
      await agent.barrier()
    } else {
      await this.act({ showScreen: { screen: 1 } })
      await this.stage.customer.inbox.next(({ name }) => name === 'frameAck', { from: 0, withinMs: WITHIN_MS })
    }
  }

  async isPaused(): Promise<void> {
    const agent = this.stage.players.get('agent')
    if (testeeIs(this.stage) === 'CUSTOMER' && agent !== undefined) {
      await this.act({ pause: {} })
      await agent.inbox.next(({ name }) => name === 'pause', { from: 0, withinMs: WITHIN_MS })
    } else {
      this.stage.customer.desk.pause(true)
      await this.stage.customer.barrier()
    }
  }

  async isElevated(): Promise<void> {
    const agent = this.stage.players.get('agent')
    if (testeeIs(this.stage) !== 'CUSTOMER' || agent === undefined) throw new CaseError('only an agent that the suite plays can begin elevated')
    const asked = this.event('asked', fields => fields.about === 'elevation')
    agent.send({
      channel: 'ELEVATION',
      messages: [{ elevateRequest: { requestId: 900_004, reason: 'To repair', scope: 'ADMIN', durationMs: 600_000, method: 'PROMPT' } }],
    })
    await this.act({ answer: { question: (await asked).id, permissions: ['ELEVATE'] } })
    await agent.inbox.next(({ name, fields }) => name === 'elevationState' && fields.phase === 'ELEVATED', { from: 0, withinMs: WITHIN_MS })
  }
}

/** A number for a key, the same in every run. */
function seedOf(key: string): number {
  let hash = 0x811c9dc5
  for (const unit of key) hash = Math.imul(hash ^ (unit.codePointAt(0) ?? 0), 0x01000193) >>> 0
  return hash
}
