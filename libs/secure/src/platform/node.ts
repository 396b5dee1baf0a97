/** What Node.js seals with. */
export { nodeAead as platformAead } from '../node/aead.js'
