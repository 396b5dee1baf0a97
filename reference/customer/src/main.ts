#!/usr/bin/env node
import { runCustomer } from './command.js'

process.exitCode = await runCustomer(process.argv.slice(2))
