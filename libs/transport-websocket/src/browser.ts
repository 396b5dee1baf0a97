export { connect } from './browser-connect.js'
export type { ConnectOptions } from './browser-connect.js'
export { ATTACH_PATH, SUBPROTOCOL } from './binding.js'
