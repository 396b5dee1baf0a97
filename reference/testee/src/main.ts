#!/usr/bin/env node
/** `remote-assist-testee`: the reference implementations, told what to do by the conformance suite. `RA_MUTANT` names a fault that one of them is to have. */
const mutant = process.env.RA_MUTANT ?? ''
// A fault is in place before the first line that may have it is loaded.
if (mutant !== '') (await import('./mutants/plant.js')).plant(mutant)
const { command } = await import('./command.js')

process.exit(await command(process.argv.slice(2)))
