/** Players: everybody whom an implementation under test meets on the wire. */
export { BrokerStage, stageForBroker } from './broker-stage.js'
export { CustomerPlayer } from './customer.js'
export { EndStage, type EndStageOptions, stageForEnd } from './end-stage.js'
export { JoinerPlayer } from './joiner.js'
export { askUpgrade } from './lines/websocket.js'
export * from './player.js'
export type { Fixture, ReachPhase } from './reach.js'
