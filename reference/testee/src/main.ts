#!/usr/bin/env node
/** `remote-assist-testee`: the reference implementations, told what to do by the conformance suite. */
import { command } from './command.js'

process.exit(await command(process.argv.slice(2)))
