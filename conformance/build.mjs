import { cpSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Puts beside the code what the suite reads, wherever it is installed: the schema, and the specification with its registry. */

const here = path => fileURLToPath(new URL(path, import.meta.url))
cpSync(here('../proto'), here('dist/data/proto'), { recursive: true, filter: source => !/\.(yaml|lock|md)$/.test(source) })
cpSync(here('../docs/spec'), here('dist/data/spec'), { recursive: true, filter: source => !source.endsWith('waivers.json') })
