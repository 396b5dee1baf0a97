/** A short session with everything in it, told step by step, whatever becomes of it. */
import { Agent } from '../../src/api/agent.js'
import { Customer } from '../../src/api/customer.js'
import type { Session } from '../../src/api/session.js'
import { Viewer } from '../../src/api/viewer.js'
import { AssistError } from '../../src/errors.js'
import { settle } from '../support/clock.js'
import { type House, house } from '../support/house.js'
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
  /** Errors that are none of the API's typed ones. */
  readonly escaped: unknown[]
}

type Step = (cast: Cast) => void

/** Lets a promise come to what it will; a typed failure is what an attack may cause. */
function attempt<T>(cast: Cast, promise: Promise<T> | undefined, then: (value: T) => void = () => undefined): void {
  promise?.then(then).catch(error => error instanceof AssistError || cast.escaped.push(error))
}

const meet: Step = cast => {
  const { agent, relay, host, clock } = cast
  attempt(cast, agent.customer(), session => {
    cast.session = session
  })
  attempt(cast, Customer.join({ transport: relay.transport, pin: agent.pin.digits, host, displayName: 'Cleo', clock }), customer => {
    cast.customer = customer
    customer.on('consent', request => request.grantAll())
    customer.on('elevation', question => question.allow())
  })
}

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
  attempt(cast, cast.session?.control.request())
}

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
    cast.session?.elevate({ reason: 'a driver' }).then(elevated => elevated.run(['whoami'])),
  )
  attempt(cast, cast.session?.files.ask('The log, please.'))
  attempt(cast, cast.session?.clipboard.read())
}

// What is copied replaces what was: one clipboard is through before the other has something new.
const goOn: Step = ({ session, host, viewer }) => {
  session?.input.type('two')
  session?.clipboard.offer('to the customer')
  viewer?.chat.say('seen')
  host.paint(7, { x: 8, y: 8, width: 8, height: 8 }, x => x)
}

/** One step after another; each has the time to come to rest. */
const STORY: readonly Step[] = [meet, invite, joinSecond, joinViewer, look, act, share, ask, goOn]

/** How long whoever is silent, or does not finish a handshake or a question, is waited for at most, in ms. */
export const PATIENCE_MS = 75_000
const LOOK_EVERY_MS = 1_000

/**
 * Tells the story with a broker that was made dishonest by `corrupt`, until `done` says that there is nothing more to see; after its end the clock goes on for
 * as long as anybody is waited for.
 */
export async function tell(corrupt: (relay: Relay) => void, done: (cast: Cast) => boolean): Promise<Cast> {
  const cast: Cast = { ...(await house()), escaped: [] }
  corrupt(cast.relay)
  for (const step of STORY) {
    try {
      step(cast)
    } catch (error) {
      if (!(error instanceof AssistError)) cast.escaped.push(error)
    }
    await settle()
    if (done(cast)) return cast
  }
  for (let ms = 0; ms < PATIENCE_MS && !done(cast); ms += LOOK_EVERY_MS) await cast.clock.advance(LOOK_EVERY_MS)
  return cast
}
