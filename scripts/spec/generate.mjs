import { writeFileSync } from 'node:fs'
import { ROOT } from '../lib/run.mjs'
import { generatePages } from './lib/generate.mjs'

/** `npm run spec:generate`: fills the generated sections of docs/spec from the schema, the examples and core's state tables. */

const pages = await generatePages(ROOT)
const changed = pages.filter(({ before, after }) => before !== after)
for (const { file, after } of changed) writeFileSync(file, after)
console.log(`${changed.length} of ${pages.length} pages changed.`)
