/** The pure state machines of the Remote Assist Protocol. */

// The ends of a session
export { customerSession } from './endpoint/customer/customer.js'
export type { CustomerEffect, CustomerEvent, CustomerNotice } from './endpoint/customer/events.js'
export type { CustomerConfig, CustomerPeer, CustomerState, Invite } from './endpoint/customer/state.js'
export type { JoinerEffect, JoinerEvent, JoinerNotice, JoinerSay } from './endpoint/joiner/events.js'
export { agentSession, viewerSession } from './endpoint/joiner/joiner.js'
export type { JoinerState } from './endpoint/joiner/state.js'
export type { Effect, Send } from './endpoint/run.js'

// Time, steps and errors
export type { Instant } from './instant.js'
export { LocalProtocolError, type Machine, type Step, type TransitionTable, type Violation } from './machine.js'
export type { Kind, Message, OpenedRecord } from './message.js'

// What the channels say, for those who drive them
export type { Injection, Mark } from './channels/input/sink.js'
export type { Layout } from './channels/layout.js'
export type { Held } from './peer/grants.js'
