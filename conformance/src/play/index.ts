/** Players: everybody whom an implementation under test meets on the wire. */

export { DEFAULT_POLICY, EndBroker } from './broker-player.js'
export { BrokerStage, type BrokerStageOptions, stageForBroker } from './broker-stage.js'
export { CustomerPlayer } from './customer.js'
export { type Decided, Desk } from './desk.js'
export { EndPlayer } from './end-player.js'
export { EndStage, type EndStageOptions, stageForEnd } from './end-stage.js'
export { type Address, type Binding, Endpoint } from './endpoint.js'
export { JoinerPlayer } from './joiner.js'
export { type Picture, pictureOf } from './picture.js'
export * from './player.js'
export type { Fixture, ReachPhase } from './reach.js'
