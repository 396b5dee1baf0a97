/** What only Node.js has. */

export { nodeAead } from './aead.js'
export { type CommandOutput, runAudit } from './audit-command.js'
