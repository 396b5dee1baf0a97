/** The suite's side of the contract, small: starts testees, tells them what to do, and waits for what they tell. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { create, fromBinary, fromJsonString, type MessageInitShape, toBinary, toJsonString } from '@bufbuild/protobuf'
import type { Action, CommandInit } from '../../src/contract.js'
import {
  type Event,
  HostFrameSchema,
  type Result,
  type RoleReady,
  type SnapshotData,
  type StartRoleSchema,
  type TesteeFrame,
  TesteeFrameSchema,
} from '../../src/gen/remoteassist/conformance/v1/adapter_pb.js'
import { CreateSessionResponseSchema } from '../../src/gen/remoteassist/v1/control_pb.js'
import { lines, records } from '../../src/wire/split.js'

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url))

/** An event by its name. */
export type EventName = Extract<Event['kind'], { readonly value: unknown }>['case']
/** What an event carries. */
export type EventValue<N extends EventName> = Extract<Event['kind'], { readonly case: N }>['value']
type StartInit = MessageInitShape<typeof StartRoleSchema>
/** An action as it is written down. */
export type ActionInit = { [N in Action['case']]: { readonly case: N; readonly value?: object } }[Action['case']]

/** How a testee is started. */
export interface Started {
  readonly argv?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly wire?: 'protobuf' | 'jsonl'
  /** False: its output is read by somebody else. */
  readonly reads?: boolean
}

/** A testee that runs as a process of its own. */
export class Suite {
  readonly child: ChildProcess
  readonly events: { readonly key: string; readonly event: Event['kind'] }[] = []
  readonly errors: string[] = []
  readonly #answers = new Map<number, (frame: TesteeFrame) => void>()
  readonly #waiting = new Set<() => void>()
  readonly #wire: 'protobuf' | 'jsonl'
  #seq = 0

  constructor({ argv = [], env = {}, wire = 'protobuf', reads = true }: Started = {}) {
    this.#wire = wire
    this.child = spawn(process.execPath, [MAIN, '--wire', wire, ...argv], { env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'pipe'] })
    this.child.stderr?.on('data', (data: Buffer) => this.errors.push(data.toString()))
    if (reads) void this.#read()
  }

  /** Sends a command; resolves with its answer. */
  async ask(key: string, kind: CommandInit['kind']): Promise<TesteeFrame['kind']> {
    const seq = ++this.#seq
    const answer = new Promise<TesteeFrame>(resolve => this.#answers.set(seq, resolve))
    this.write(create(HostFrameSchema, { seq, key, ...(kind === undefined ? {} : { kind }) }))
    return (await answer).kind
  }

  /** Begins to play a role. */
  async start(key: string, role: StartInit): Promise<RoleReady> {
    const answer = await this.ask(key, { case: 'startRole', value: role })
    if (answer.case !== 'roleReady') throw new Error(`“${key}” did not start: ${JSON.stringify(answer.value)}`)
    return answer.value
  }

  /** Tells a role to do something; resolves with what it says of it. */
  async attempt(key: string, action: ActionInit): Promise<Result> {
    const answer = await this.ask(key, { case: 'do', value: { action: { value: {}, ...action } as never } })
    if (answer.case !== 'result') throw new Error(`“${key}” answered with ${answer.case}.`)
    return answer.value
  }

  /** Tells a role to do something that has to work. */
  async do(key: string, action: ActionInit): Promise<Result> {
    const result = await this.attempt(key, action)
    if (!result.ok) throw new Error(`“${key}” could not ${action.case}: ${result.error} ${result.text}`)
    return result
  }

  /** How a role stands. */
  async look(key: string): Promise<SnapshotData> {
    const answer = await this.ask(key, { case: 'snapshot', value: {} })
    if (answer.case !== 'snapshotData') throw new Error(`“${key}” answered with ${answer.case}.`)
    return answer.value
  }

  /** Resolves with the first event of that name that fits, now or before. */
  event<N extends EventName>(key: string, name: N, fits: (value: EventValue<N>) => boolean = () => true): Promise<EventValue<N>> {
    return this.#until(() => {
      const found = this.events.find(it => it.key === key && it.event.case === name && fits(it.event.value as EventValue<N>))
      return found?.event.value as EventValue<N> | undefined
    })
  }

  /** Resolves once a look at a role fits; looks again whenever something was told. */
  async stands(key: string, fits: (standing: SnapshotData) => boolean): Promise<SnapshotData> {
    for (;;) {
      const standing = await this.look(key)
      if (fits(standing)) return standing
      await new Promise(setImmediate)
    }
  }

  /** Shuts the testee down; resolves with its exit code. */
  async shutdown(): Promise<number | null> {
    const exited = once(this.child, 'exit')
    await this.ask('', { case: 'shutdown', value: {} })
    return (await exited)[0] as number | null
  }

  /** Writes a frame as it is. */
  write(frame: MessageInitShape<typeof HostFrameSchema>): void {
    const message = create(HostFrameSchema, frame)
    if (this.#wire === 'jsonl') return void this.child.stdin?.write(`${toJsonString(HostFrameSchema, message)}\n`)
    const bytes = toBinary(HostFrameSchema, message)
    const length = Buffer.alloc(4)
    length.writeUInt32BE(bytes.length)
    this.child.stdin?.write(Buffer.concat([length, bytes]))
  }

  async #read(): Promise<void> {
    const output = this.child.stdout as AsyncIterable<Uint8Array>
    if (this.#wire === 'jsonl') for await (const line of lines(output)) this.#take(fromJsonString(TesteeFrameSchema, line))
    else for await (const bytes of records(output)) this.#take(fromBinary(TesteeFrameSchema, bytes))
  }

  #take(frame: TesteeFrame): void {
    if (frame.kind.case === 'event') this.events.push({ key: frame.key, event: frame.kind.value.kind })
    else this.#answers.get(frame.reSeq)?.(frame)
    for (const look of [...this.#waiting]) look()
  }

  #until<T>(find: () => T | undefined): Promise<T> {
    return new Promise(resolve => {
      const look = () => {
        const found = find()
        if (found === undefined) return
        this.#waiting.delete(look)
        resolve(found)
      }
      this.#waiting.add(look)
      look()
    })
  }
}

/** What a broker under test says of a session, as StartRole takes it. */
export const createdBy = (result: Result) => create(CreateSessionResponseSchema, result.created ?? {})
