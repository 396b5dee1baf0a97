/** What only Node.js has. */

export { nodeAead } from './aead.js'
