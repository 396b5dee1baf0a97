/** One of the ends as a program that can be killed: `end.mjs agent|customer PART`, with what it is to do as JSON. Says what happens in lines of JSON. */
import { startAgent, startCustomer } from './ends.mjs'

const [role, part = '{}'] = process.argv.slice(2)
await { agent: startAgent, customer: startCustomer }[role](JSON.parse(part), said => process.stdout.write(`${JSON.stringify(said)}\n`))
