#!/usr/bin/env node
/** `remote-assist-testee`: the reference implementations, told what to do by the conformance suite. `RA_MUTANT` names a fault that they are to have. */
import { command } from './command.js'

process.exit(await command(process.argv.slice(2), process.env.RA_MUTANT ?? ''))
