/** Which check of the conformance suite has to find each mutant. Seen to do so. */
import { AGENT_CHECKS } from './agent.js'
import { BROKER_CHECKS } from './broker.js'
import { CUSTOMER_CHECKS } from './customer.js'
import { VIEWER_CHECKS } from './viewer.js'

export const CHECKS: Readonly<Record<string, string>> = { ...AGENT_CHECKS, ...BROKER_CHECKS, ...CUSTOMER_CHECKS, ...VIEWER_CHECKS }
