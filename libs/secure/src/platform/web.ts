/** What browsers seal with. */
export { webAead as platformAead } from '../aead.js'
