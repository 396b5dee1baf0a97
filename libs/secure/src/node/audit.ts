#!/usr/bin/env node
import { runAudit } from './audit-command.js'

process.exitCode = runAudit(process.argv.slice(2), { out: line => console.log(line), err: line => console.error(line) })
