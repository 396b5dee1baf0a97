#!/usr/bin/env node
/** `remote-assist-conformance`: see command.ts. */
import { main } from './command.js'
import { processTerminal } from './terminal.js'

const exit = await main(process.argv.slice(2), processTerminal())
// What was printed has to be out before the process is gone.
process.stdout.write('', () => process.stderr.write('', () => process.exit(exit)))
