#!/usr/bin/env node
import { runBroker } from './command.js'

process.exitCode = await runBroker(process.argv.slice(2))
