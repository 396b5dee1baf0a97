import { cpSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { readCases } from './cases.mjs'

/** Puts beside the code what the suite reads, wherever it is installed: the schema, the specification with its registry, and the cases as JSON, which needs no parser of YAML. */

const here = path => fileURLToPath(new URL(path, import.meta.url))
cpSync(here('../proto'), here('dist/data/proto'), { recursive: true, filter: source => !/\.(yaml|lock|md)$/.test(source) })
cpSync(here('../docs/spec'), here('dist/data/spec'), { recursive: true, filter: source => !source.endsWith('waivers.json') })
writeFileSync(here('dist/data/cases.json'), JSON.stringify(readCases(here('cases'))))
