export { ATTACH_PATH, SUBPROTOCOL } from './binding.js'
export type { ConnectOptions } from './browser-connect.js'
export { connect } from './browser-connect.js'
