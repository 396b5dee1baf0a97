/** The client side of the adapter contract: implementations under test, attached as child processes or by dialling in. */
export { attachChild, type ChildOptions } from './child.js'
export type { WireFormat } from './contract.js'
export { attachDialIn, type DialInOptions } from './dial-in.js'
export { AdapterError, type AdapterErrorCode, AdapterHang, RoleRefused, TesteeCrash } from './errors.js'
export { EventOverdue, EventQueue, type TesteeEvent } from './events.js'
export { LaggingLines } from './lag.js'
export { type Detour, type Result, RoleUnderTest, type Traced } from './role.js'
export { type HelloAck, Testee, type TesteeOptions } from './testee.js'
