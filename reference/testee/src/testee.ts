/** The command loop: roles by key, commands in, answers and events out. It acts and observes, and never judges. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Role as RoleName } from '@remote-assist/codec'
import { standingTime } from './clocks.js'
import { type Action, type ActionName, type Answer, type AnswerKind, CONTRACT, type Command, type Outcome, type Standing, type StartRole } from './contract.js'
import { Pending, settled } from './pending.js'
import { failureOf, type Player, type Role } from './roles/role.js'

/** Each is loaded when it is played first: a testee is there at once. */
const PLAYERS: { readonly [R in RoleName]?: Player } = {
  [RoleName.AGENT]: async stage => (await import('./roles/agent.js')).playAgent(stage),
  [RoleName.CUSTOMER]: async stage => (await import('./roles/customer.js')).playCustomer(stage),
  [RoleName.VIEWER]: async stage => (await import('./roles/viewer.js')).playViewer(stage),
  [RoleName.BROKER]: async stage => (await import('./roles/broker.js')).playBroker(stage),
}

const PROFILES = [
  'core',
  'viewer',
  'relay',
  'resume',
  'multi-tenant',
  'files',
  'clipboard',
  'elevation',
  'annotation-chat',
  'binding-websocket',
  'binding-grpc',
]

/** What this testee is and can do. */
export const HELLO: AnswerKind = {
  case: 'helloAck',
  value: {
    contract: CONTRACT,
    implementation: { name: 'remote-assist-testee', version: '0.1.0' },
    roles: [RoleName.AGENT, RoleName.CUSTOMER, RoleName.VIEWER, RoleName.BROKER] as number[],
    profiles: PROFILES,
    features: ['clock', 'grpc', 'snapshot', 'hindrances', 'restart'],
  },
}

/** Takes commands, and answers them or does not. */
export interface Answering {
  /** Resolves when there is no more to say to this command. */
  take(command: Command): Promise<void>
  /** Lets go of everything. */
  close(): Promise<void>
}

/** A role under its key. */
interface Played {
  readonly role: Promise<Role>
  readonly advance: ((ms: number) => Promise<void>) | undefined
  /** Resolves when what it has begun by itself has come to its end. */
  settled(): Promise<void>
  /** Its folder goes, and nothing that it tells is passed on any more. */
  over(): Promise<void>
}

/** Answers the suite. */
export class Testee implements Answering {
  readonly #played = new Map<string, Played>()

  constructor(
    readonly send: (answer: Answer) => void,
    /** What all roles of the process have under way beside their own. */
    readonly platform: Pending,
  ) {}

  /** Does what it is told and answers, now or later; commands for one key are begun in their order. Resolves when the answer was sent. */
  async take({ seq, key, kind }: Command): Promise<void> {
    const answer = await this.#answer(key, kind).catch((error: unknown): AnswerKind => ({ case: 'result', value: failureOf(error) }))
    this.send({ reSeq: seq, key, kind: answer })
  }

  /** Ends every role. */
  async close(): Promise<void> {
    await Promise.all([...this.#played.keys()].map(key => this.#stop(key)))
  }

  async #answer(key: string, kind: Command['kind']): Promise<AnswerKind> {
    switch (kind.case) {
      case 'hello':
        return HELLO
      case 'startRole':
        return { case: 'roleReady', value: (await this.#start(key, kind.value)).ready }
      case 'do':
        return { case: 'result', value: await this.#do(this.#at(key), kind.value.action) }
      case 'snapshot':
        return { case: 'snapshotData', value: await this.#look(this.#at(key)) }
      case 'stopRole':
        this.#at(key)
        return { case: 'result', value: await this.#stop(key) }
      case 'shutdown':
        await this.close()
        return { case: 'result', value: { ok: true } }
      default:
        throw new Error('The command is none that this testee knows.')
    }
  }

  async #start(key: string, start: StartRole): Promise<Role> {
    const play = PLAYERS[start.role as number as RoleName]
    if (play === undefined) throw new Error(`There is no role ${start.role}.`)
    if (key === '' || this.#played.has(key)) throw new Error(`“${key}” is no new key.`)
    const pending = new Pending()
    const isSettled = () => settled(pending, this.platform)
    const time = start.simulatedClock ? standingTime(isSettled, Number(start.clockAtMs)) : undefined
    const folder = mkdtemp(join(tmpdir(), 'remote-assist-testee-'))
    let over = false
    const tell = (event: Parameters<Parameters<Player>[0]['tell']>[0]) => over || this.send({ key, kind: { case: 'event', value: { kind: event } } })
    const role = folder.then(path => play({ start, time, folder: path, pending, tell }))
    const played: Played = {
      role,
      advance: time?.advance,
      settled: isSettled,
      over: async () => {
        over = true
        await rm(await folder, { recursive: true, force: true })
      },
    }
    this.#played.set(key, played)
    try {
      return await role
    } catch (error) {
      this.#played.delete(key)
      await played.over()
      throw error
    }
  }

  #at(key: string): Played {
    const played = this.#played.get(key)
    if (played === undefined) throw new Error(`Nothing is played under “${key}”.`)
    return played
  }

  async #look({ role, settled }: Played): Promise<Standing> {
    const { look } = await role
    await settled()
    return look()
  }

  async #do({ role, advance }: Played, action: Action | { readonly case: undefined }): Promise<Outcome> {
    const { actions } = await role
    if (action.case === 'advanceClock' && advance !== undefined) {
      await advance(action.value.ms)
      return { ok: true }
    }
    const act = action.case === undefined ? undefined : (actions[action.case] as ((value: Action['value']) => unknown) | undefined)
    if (action.case === undefined || act === undefined) return unsupported(action.case)
    return { ...((await act(action.value)) as object | undefined), ok: true }
  }

  async #stop(key: string): Promise<Outcome> {
    const played = this.#at(key)
    this.#played.delete(key)
    await played.role.then(role => role.end()).finally(() => played.over())
    return { ok: true }
  }
}

const unsupported = (name: ActionName | undefined): Outcome => ({ ok: false, error: 'unsupported', text: `This role cannot do “${name ?? 'nothing'}”.` })
