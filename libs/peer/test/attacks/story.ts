/** Short sessions that have everything in them between them, told step by step, whatever becomes of them. */
import { Phase } from '@remote-assist/codec'
import { Agent } from '../../src/api/agent.js'
import { Customer } from '../../src/api/customer.js'
import type { Session } from '../../src/api/session.js'
import { Viewer } from '../../src/api/viewer.js'
import { AssistError } from '../../src/errors.js'
import { FileTransferError } from '../../src/files/errors.js'
import { settle } from '../support/clock.js'
import { type House, house } from '../support/house.js'
import { fileOf, MemoryFiles } from '../support/memory-files.js'
import { LOSSLESS } from '../support/painter.js'
import type { Relay } from '../support/relay.js'

/** Who takes part, once they are in. */
export interface Cast extends House {
  customer?: Customer
  session?: Session
  viewer?: Viewer
  second?: Session
  viewerUrl?: string
  agentUrl?: string
  /** The files of the agent and of the customer. */
  readonly files: { readonly agent: MemoryFiles; readonly customer: MemoryFiles }
  /** What the broker does is of interest from here on. */
  begun: boolean
  /** When the last step was told; undefined = it was not. */
  toldAt: number | undefined
  /** Errors that are none of the API's typed ones. */
  readonly escaped: unknown[]
}

/** The number of the customer: the second who comes. */
export const CUSTOMER = 2
/** A line that dropped is back after so long. */
const RETURN_MS = 3_000

type Step = (cast: Cast) => void | Promise<void>

/** A session from its beginning to where it comes to rest. */
export interface Story {
  readonly name: string
  /** What goes before, in peace. */
  readonly before: readonly Step[]
  /** One step after another; each has the time to come to rest. */
  readonly steps: readonly Step[]
  /** Everything happened that is told. */
  readonly happened: (cast: Cast) => boolean
}

const isTyped = (error: unknown): boolean => error instanceof AssistError || error instanceof FileTransferError

/** Lets a promise come to what it will; a typed failure is what an attack may cause. */
function attempt<T>(cast: Cast, promise: Promise<T> | undefined, then: (value: T) => void = () => undefined): void {
  promise?.then(then).catch(error => isTyped(error) || cast.escaped.push(error))
}

/** Of more than one chunk, since those begin small. */
const FILE_BYTES = 40_000
const [TO_CUSTOMER, FROM_CUSTOMER] = ['driver.bin', 'log.bin'] as const
const RIGHT = { account: 'administrator', password: 'correct horse' }

/** The customer comes, by what it was told or by what it was sent. */
const meet =
  (by: (cast: Cast) => { readonly pin: string } | { readonly url: string }): Step =>
  cast => {
    const { agent, relay, host, clock, files } = cast
    attempt(cast, agent.customer(), session => {
      cast.session = session
    })
    attempt(cast, Customer.join({ transport: relay.transport, ...by(cast), host, displayName: 'Cleo', clock, files: files.customer }), customer => {
      cast.customer = customer
      customer.on('consent', request => request.grantAll())
      customer.on('elevation', question => question.allow())
      customer.on('file', ({ offer }) => attempt(cast, offer.accept().done))
      customer.on('file-ask', ({ ask }) => attempt(cast, ask.give(fileOf(FROM_CUSTOMER, new Uint8Array(FILE_BYTES).fill(2))).done))
    })
  }
const byPin = meet(({ agent }) => ({ pin: agent.pin.digits }))
const byLink = meet(({ agent }) => ({ url: agent.customerUrl }))

const invite: Step = cast => {
  attempt(cast, cast.session?.invite({ role: 'agent' }), ({ url }) => {
    cast.agentUrl = url
  })
  attempt(cast, cast.session?.invite({ role: 'viewer' }), ({ url }) => {
    cast.viewerUrl = url
  })
}

const joinSecond: Step = cast => {
  const { relay, clock, agentUrl: url } = cast
  if (url === undefined) return
  attempt(cast, Agent.join({ transport: relay.transport, url, displayName: 'Bo', clock }), second => {
    cast.second = second
  })
}

const joinViewer: Step = cast => {
  const { relay, clock, viewerUrl: url } = cast
  if (url === undefined) return
  attempt(cast, Viewer.join({ transport: relay.transport, url, displayName: 'Vi', clock }), viewer => {
    cast.viewer = viewer
  })
}

const look: Step = cast => {
  attempt(cast, cast.session?.screens.show(7, { codecs: LOSSLESS }))
  attempt(cast, cast.viewer?.screens.show(7, { codecs: LOSSLESS }))
  attempt(cast, cast.second?.screens.show(9, { codecs: LOSSLESS }))
}

// Whoever comes back is not in control any more.
const take: Step = cast => attempt(cast, cast.session?.control.request())

const act: Step = ({ session, host }) => {
  session?.input.type('one')
  session?.clipboard.sync({ toCustomer: true, fromCustomer: true })
  host.paint(7, { x: 0, y: 0, width: 8, height: 8 }, x => x)
}

const share: Step = ({ session, host, customer, second }) => {
  host.copy('from the customer')
  session?.annotations.draw(7, [
    { x: 1, y: 2 },
    { x: 3, y: 4 },
  ])
  second?.chat.say('hello')
  customer?.say('welcome')
}

const ask: Step = cast => {
  attempt(
    cast,
    cast.session?.elevate({ reason: 'a driver' }).then(async elevated => {
      await elevated.run(['whoami'])
      await elevated.drop()
    }),
  )
  attempt(cast, cast.session?.clipboard.read())
}

const transfer: Step = cast => {
  attempt(cast, cast.session?.files.send(fileOf(TO_CUSTOMER, new Uint8Array(FILE_BYTES).fill(1))).done)
  attempt(
    cast,
    cast.session?.files.ask('The log, please.').then(offer => offer.accept().done),
  )
}

const prove: Step = cast => {
  attempt(
    cast,
    cast.session?.elevate({ reason: 'a driver', credentials: () => RIGHT }).then(elevated => elevated.run(['hostname'])),
  )
}

// What is copied replaces what was: one clipboard is through before the other has something new.
const goOn: Step = ({ session, host, viewer }) => {
  session?.input.type('two')
  session?.clipboard.offer('to the customer')
  viewer?.chat.say('seen')
  host.paint(7, { x: 8, y: 8, width: 8, height: 8 }, x => x)
}

/** The customer's line drops, and everybody proves anew who they are. */
const lose: Step = async ({ relay, clock }) => {
  relay.cut(CUSTOMER)
  await clock.advance(RETURN_MS)
}

const GATHER = [byPin, invite, joinSecond, joinViewer, look, take]
const isThere = ({ customer, session, viewer, second }: Cast): boolean => ![customer, session, viewer, second].includes(undefined)

/** A session from the PIN on, with a record of every channel. */
export const WHOLE: Story = {
  name: 'a whole session',
  before: [],
  steps: [...GATHER, act, share, ask, transfer, prove, goOn],
  happened: cast =>
    isThere(cast) &&
    cast.host.commands.length === 2 &&
    cast.host.helper.tried.length === 1 &&
    cast.files.customer.arrived.has(TO_CUSTOMER) &&
    cast.files.agent.arrived.has(FROM_CUSTOMER),
}
const LINK: Story = { name: 'a link', before: [], steps: [byLink], happened: ({ customer, session }) => customer !== undefined && session?.phase === 'active' }
const RETURN: Story = {
  name: 'a return',
  before: GATHER,
  steps: [lose, take, act, goOn],
  happened: cast => isThere(cast) && cast.customer?.participants.every(({ phase }) => phase === Phase.ACTIVE) === true && cast.host.done.length === 2,
}

/** Between them they have every kind of handshake and every channel. */
export const STORIES: readonly Story[] = [WHOLE, LINK, RETURN]

/** How long whoever is silent, or does not finish a handshake or a question, is waited for at most, in ms. */
export const PATIENCE_MS = 75_000
const LOOK_EVERY_MS = 1_000

/**
 * Tells a story with a broker that was made dishonest by `corrupt`, until `done` says that there is nothing more to see; after its end the clock goes on for
 * as long as anybody is waited for.
 */
export async function tell({ before, steps }: Story, corrupt: (relay: Relay, cast: Cast) => void, done: (cast: Cast) => boolean): Promise<Cast> {
  const files = { agent: new MemoryFiles(), customer: new MemoryFiles() }
  const cast: Cast = { ...(await house({ files: files.agent })), files, begun: false, toldAt: undefined, escaped: [] }
  corrupt(cast.relay, cast)
  for (const [at, step] of [...before, ...steps].entries()) {
    cast.begun ||= at === before.length
    try {
      await step(cast)
    } catch (error) {
      if (!isTyped(error)) cast.escaped.push(error)
    }
    await settle()
    if (done(cast)) return cast
  }
  cast.toldAt = cast.clock.now()
  for (let ms = 0; ms < PATIENCE_MS && !done(cast); ms += LOOK_EVERY_MS) await cast.clock.advance(LOOK_EVERY_MS)
  return cast
}
