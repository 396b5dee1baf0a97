#!/usr/bin/env node
import { runAgent } from './command.js'

const stop = new AbortController()
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort())

process.exitCode = await runAgent(process.argv.slice(2), {
  stdin: process.stdin,
  out: line => process.stdout.write(`${line}\n`),
  err: line => process.stderr.write(`${line}\n`),
  signal: stop.signal,
  env: process.env,
})
