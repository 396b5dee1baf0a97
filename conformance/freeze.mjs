import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { missingIn, requiredBy } from './dist/cases/required.js'
import { shippedSuite } from './dist/cli/command.js'
import { plantedOf, regrouped, tablesOf } from './dist/selftest/gaps.js'
import { mutantsOfReference } from './dist/selftest/mutants.js'

/**
 * `npm run freeze`: writes down which cases and checks this version of the specification requires (`required/`), which MUSTs no mutant breaks (`gaps.json`), and the
 * tables of the README that show it. What was required stays so: without `--remove` nothing is taken out.
 */

const here = path => fileURLToPath(new URL(path, import.meta.url))
const json = value => `${JSON.stringify(value, undefined, 2)}\n`

const { values } = parseArgs({ options: { remove: { type: 'boolean', default: false } } })
const { registry, cases } = shippedSuite()
const declarations = cases.map(({ declaration }) => declaration)

const file = here(`required/${registry.spec}.json`)
const before = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}
const now = requiredBy(declarations)
const gone = missingIn(now, before)
if (gone.length > 0 && !values.remove) {
  console.error(`These are required and gone; if that is meant, say --remove:\n${gone.join('\n')}`)
  process.exit(1)
}
mkdirSync(here('required'), { recursive: true })
writeFileSync(file, json(now))

const gaps = JSON.parse(readFileSync(here('gaps.json'), 'utf8'))
gaps.unplanted = regrouped(gaps.unplanted, plantedOf({ registry, cases: declarations }, mutantsOfReference()).unplanted)
writeFileSync(here('gaps.json'), json(gaps))

const [, start, end] = /([\s\S]*<!-- generated:gaps -->\n)[\s\S]*(\n<!-- \/generated -->[\s\S]*)/.exec(readFileSync(here('README.md'), 'utf8'))
writeFileSync(here('README.md'), `${start}${tablesOf(gaps)}${end}`)
