/** Whole sessions of the protocol in one process, under simulated time. */
export { type Outcome, simulate } from './session.js'
