// Running a broker
export type { IssuerOptions } from './agent-tokens.js'
export { BrokerError } from './broker-error.js'

// What may be replaced: time, log, memory, storage, delivery
export type { Bus, Receiver, RelayKind } from './bus.js'
export { memoryBus } from './bus.js'
export type { Cancel, Clock } from './clock.js'
export { systemClock } from './clock.js'
export type { Log } from './log.js'
export { silentLog, standardLog } from './log.js'
export type { MemoryUse } from './memory-gate.js'
export type { BrokerOptions, Settings, TlsOptions } from './options.js'
export type { Page, Registry } from './registry.js'
export { memoryRegistry } from './registry.js'
export type { RunningBroker } from './server.js'
export { startBroker } from './server.js'
