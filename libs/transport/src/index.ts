// For those who write a transport.
export { bindingBroken, closing, isCloseCode, lineBroke, MAX_REASON_BYTES } from './closing.js'
export { Delivery } from './delivery.js'
export type { MemoryNetwork, MemoryNetworkOptions } from './memory.js'
export { createMemoryNetwork } from './memory.js'
export type { Schedule } from './memory-line.js'
export type { Accept, CloseInfo, Connection, ConnectionHandler, Listener, Transport, TransportErrorCode } from './transport.js'
export { CLOSE_TIMEOUT_MS, FRAME_OVERHEAD_BYTES, HIGH_WATER_BYTES, LOW_WATER_BYTES, MAX_FRAME_BYTES, TransportError } from './transport.js'
