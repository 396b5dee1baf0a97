/** An implementation under test, as the suite handles it. */
import type { ProfileName, RoleName } from '../model.js'
import { whenOverdue } from '../patience.js'
import type { Fields } from '../play/player.js'
import { CONTRACT } from './contract.js'
import { Conversation } from './conversation.js'
import { AdapterError, TesteeCrash } from './errors.js'
import type { OpenLine } from './line.js'
import { type Detour, RoleUnderTest, type Traced } from './role.js'

const COMMAND_MS = 10_000
const HELLO_MS = 30_000
/** How long a process may take to end after Shutdown. */
const EXIT_MS = 2_000
const ROLES: readonly string[] = ['agent', 'customer', 'viewer', 'broker'] satisfies RoleName[]
const PROFILES: readonly string[] = [
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
] satisfies ProfileName[]

/** How long a testee may take, and what it is told. */
export interface TesteeOptions {
  /** The watchdog of each command, ms. Default: 10,000. */
  readonly commandMs?: number
  /** The watchdog of Hello, ms: a program has to start before it answers. Default: 30,000. */
  readonly helloMs?: number
  /** The suite's version, which the testee is told. */
  readonly suite?: string
  /** Puts something between testee and players: every WebSocket URL that one side is told becomes the one that this returns. `key` names the role. */
  readonly detour?: Detour
}

/** What a testee says about itself: what it declares is what is tested. */
export interface HelloAck {
  readonly name: string
  readonly version: string
  readonly roles: readonly RoleName[]
  readonly profiles: readonly ProfileName[]
  /** What its adapter can do beyond the least: "clock", "grpc", "snapshot", "hindrances", "restart". */
  readonly features: readonly string[]
}

/**
 * One testee. Its roles share a process; if that crashes, or hangs, the next `startRole` begins a fresh one. After an `AdapterError` there is no going on: every later
 * call rejects with it.
 */
export class Testee {
  readonly #roles = new Map<string, RoleUnderTest>()
  #conversation: Promise<Conversation> | undefined
  #current: Conversation | undefined
  #hello: HelloAck | undefined
  #closing = false
  /** How often the process ended by itself. */
  crashes = 0

  private constructor(
    private readonly open: OpenLine,
    private readonly options: TesteeOptions & { readonly closed?: () => void },
  ) {}

  /** Opens the line and says Hello. Rejects with `AdapterError`, `AdapterHang` or `TesteeCrash`. */
  static async attach(open: OpenLine, options: TesteeOptions & { readonly closed?: () => void } = {}): Promise<Testee> {
    const testee = new Testee(open, options)
    await testee.#ready()
    return testee
  }

  get hello(): HelloAck {
    if (this.#hello === undefined) throw new Error('A testee is handed out once it has answered Hello.')
    return this.#hello
  }

  /** The end of what the process wrote to stderr. */
  get stderrTail(): string {
    return this.#current?.stderrTail ?? ''
  }

  /**
   * Has it play a role under a key of its own. `start` is StartRole's fields; `traced` is told what is said and returns its place in the case's trace. Rejects with
   * `RoleRefused` if the testee says no.
   */
  async startRole(key: string, start: Fields, traced?: Traced): Promise<RoleUnderTest> {
    const conversation = await this.#ready()
    const role = new RoleUnderTest(key, conversation, { commandMs: this.#commandMs, detour: this.options.detour }, traced, () => this.#roles.delete(key))
    this.#roles.set(key, role)
    try {
      await role.start(start)
      return role
    } catch (error) {
      this.#roles.delete(key)
      throw error
    }
  }

  /** Ends the process in order, if there is one. Resolves with how it ended; undefined if it had to be killed, or was gone before. */
  async close(): Promise<TesteeCrash['exit'] | undefined> {
    this.#closing = true
    const conversation = this.#current
    let callOff = (): void => {}
    try {
      if (conversation === undefined || conversation.over !== undefined) return undefined
      await conversation.ask('', 'shutdown', {}, this.#commandMs)
      const overdue = new Promise<undefined>(resolve => {
        callOff = whenOverdue(EXIT_MS, () => resolve(undefined))
      })
      const end = await Promise.race([conversation.ended, overdue])
      return end instanceof TesteeCrash ? end.exit : undefined
    } catch (error) {
      return error instanceof TesteeCrash ? error.exit : undefined
    } finally {
      callOff()
      conversation?.kill()
      this.options.closed?.()
    }
  }

  get #commandMs(): number {
    return this.options.commandMs ?? COMMAND_MS
  }

  /** The process to talk to: a fresh one if there is none, or if that one hangs and nobody needs it any more. */
  #ready(): Promise<Conversation> {
    const stale = this.#current
    if (stale?.over instanceof AdapterError) return Promise.reject(stale.over)
    if (stale !== undefined && (stale.over !== undefined || (stale.suspect && this.#roles.size === 0))) {
      this.#current = undefined
      this.#conversation = undefined
      stale.kill()
    }
    this.#conversation ??= this.#begin()
    return this.#conversation
  }

  async #begin(): Promise<Conversation> {
    const conversation: Conversation = await Conversation.open(this.open, {
      event: (key, fields) => this.#roles.get(key)?.took(fields),
      over: reason => this.#over(conversation, reason),
    })
    this.#current = conversation
    try {
      const { fields } = await conversation.ask('', 'hello', { contract: CONTRACT, suite: this.options.suite ?? '' }, this.options.helloMs ?? HELLO_MS)
      this.#hello = readHello(fields)
    } catch (error) {
      conversation.kill()
      throw error
    }
    return conversation
  }

  #over(conversation: Conversation, reason: AdapterError | TesteeCrash): void {
    if (reason instanceof TesteeCrash && conversation === this.#current && !this.#closing) this.crashes += 1
    for (const [key, role] of this.#roles) {
      if (!role.livesIn(conversation)) continue
      this.#roles.delete(key)
      role.over(reason)
    }
  }
}

/** Reads HelloAck. Throws `AdapterError` WRONG_HELLO with what the contract does not know. */
function readHello(fields: Fields): HelloAck {
  const wrong = (message: string, hint?: string) => new AdapterError('WRONG_HELLO', message, undefined, hint)
  if (fields.ok === false) throw wrong(`The testee refuses Hello: ${fields.error} ${fields.text}`.trimEnd())
  if (fields.contract !== CONTRACT)
    throw wrong(`The testee speaks version ${fields.contract} of the contract; this suite speaks ${CONTRACT}.`, 'Set HelloAck.contract to 1.')
  const implementation = fields.implementation as { readonly name: string; readonly version: string } | undefined
  if (implementation === undefined || implementation.name === '') throw wrong('The testee does not say what it is.', 'Set HelloAck.implementation.name.')
  const roles = (fields.roles as readonly unknown[]).map(role => String(role).toLowerCase())
  const strangeRole = roles.find(role => !ROLES.includes(role))
  if (strangeRole !== undefined) throw wrong(`The testee says that it plays “${strangeRole}”; there are ${ROLES.join(', ')}.`)
  if (roles.length === 0) throw wrong('The testee plays no role.', 'Set HelloAck.roles.')
  const profiles = fields.profiles as readonly string[]
  const strangeProfile = profiles.find(profile => !PROFILES.includes(profile))
  if (strangeProfile !== undefined) throw wrong(`The testee claims a profile “${strangeProfile}”; there are ${PROFILES.join(', ')}.`)
  return {
    name: implementation.name,
    version: implementation.version,
    roles: roles as RoleName[],
    profiles: profiles as ProfileName[],
    features: fields.features as readonly string[],
  }
}
