/** What only Node.js has. */

export {} from '../errors.js'
