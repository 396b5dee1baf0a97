/**
 * An adapter between the conformance suite of the Remote Assist Protocol and your implementation.
 *
 * The suite writes one command a line to stdin, as JSON; each gets exactly one answer, a line on stdout. What happens by itself is told as events, between the answers.
 * The whole contract, with every action and field: adapter.proto, beside this file. Fields that are 0, empty or false are left out of the JSON.
 * Logs belong on stderr. Try it: remote-assist-conformance doctor --wire jsonl -- npx tsx adapter.ts
 */
import { createInterface } from 'node:readline'

type Fields = Record<string, unknown>

/** What you declare is what is tested: add roles, profiles ("files", "clipboard", …) and features ("clock", "snapshot") as you come to have them. */
const HELLO = {
  contract: 1,
  implementation: { name: 'my-implementation', version: '0.1.0' },
  roles: ['ROLE_CUSTOMER'],
  profiles: ['core'],
  features: [],
}

const send = (frame: Fields) => process.stdout.write(`${JSON.stringify(frame)}\n`)

/** A command is declined: "unsupported", "refused" or "failed", and why. */
class Refused extends Error {
  readonly error: string
  constructor(error: string, text = '') {
    super(text)
    this.error = error
  }
}

/** One running customer. Here goes your own client. */
class Customer {
  readonly key: string

  constructor(key: string, start: Fields) {
    this.key = key
    // start.websocketUrl is where to attach; start.pin or start.customerUrl is the code, or start.ticket, in base64,
    // if you declare the feature "restart"; start.screens are the monitors to have.
    // Connect in the background and return at once: StartRole is answered when you have begun.
    console.error('started', start.websocketUrl)
  }

  /** Tells what happened: this.event({ asked: { id: 1, about: 'consent', … } }), this.event({ phase: { … } }), this.event({ ended: 300 }). */
  event(what: Fields): void {
    send({ key: this.key, event: what })
  }

  /** Does what a user or the system does; resolves to fields of Result beside ok. */
  async do(action: string, _fields: Fields): Promise<Fields> {
    // if (action === 'answer') { this.client.answer(fields.question, fields.permissions ?? []); return {} }
    throw new Refused('unsupported', action)
  }

  /** How it stands: fields of SnapshotData. Declare the feature "snapshot" once you can say. */
  async snapshot(): Promise<Fields> {
    throw new Refused('unsupported')
  }

  /** Ends at once and lets go of everything. */
  async stop(): Promise<void> {}
}

const ROLES: Record<string, new (key: string, start: Fields) => Customer> = { ROLE_CUSTOMER: Customer }
const running = new Map<string, Customer>()

function role(key: string): Customer {
  const found = running.get(key)
  if (found === undefined) throw new Refused('failed', `nothing runs as ${key}`)
  return found
}

/** The answer to one command: the member of TesteeFrame's oneof, and its fields. */
async function answer(kind: string, key: string, fields: Fields): Promise<Fields> {
  switch (kind) {
    case 'hello':
      return { helloAck: HELLO }
    case 'startRole': {
      const Role = ROLES[String(fields.role)]
      if (Role === undefined) throw new Refused('unsupported', String(fields.role))
      running.set(key, new Role(key, fields))
      return { roleReady: {} }
    }
    case 'do': {
      const [[action, content]] = Object.entries(fields) as [[string, Fields]]
      return { result: { ok: true, ...(await role(key).do(action, content)) } }
    }
    case 'snapshot':
      return { snapshotData: await role(key).snapshot() }
    case 'stopRole':
      await role(key).stop()
      running.delete(key)
  }
  return { result: { ok: true } }
}

for await (const line of createInterface({ input: process.stdin })) {
  const { seq, key = '', ...command } = JSON.parse(line)
  const [[kind, fields]] = Object.entries(command) as [[string, Fields]]
  const kept = await answer(kind, key, fields).catch((error: Error) => ({
    // The process has to live on: other cases run in it.
    result: { ok: false, error: error instanceof Refused ? error.error : 'failed', text: error.message },
  }))
  send({ reSeq: seq, key, ...kept })
  if (kind === 'shutdown') break
}
process.exit()
