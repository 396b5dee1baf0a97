import { cpSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Puts beside the compiled code what it reads and what is kept elsewhere in the repository: `dist/proto` is the schema, `dist/spec` the specification and its registry. */
const beside = path => fileURLToPath(new URL(path, import.meta.url))
const WANTED = /\.(?:proto|md)$|\/registry\.json$|\/vectors\/[^/]+\.json$/
const filter = path => statSync(path).isDirectory() || WANTED.test(path.replaceAll('\\', '/'))

cpSync(beside('../proto'), beside('dist/proto'), { recursive: true, filter })
cpSync(beside('../docs/spec'), beside('dist/spec'), { recursive: true, filter })
