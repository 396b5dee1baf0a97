#!/usr/bin/env -S node --initial-heap-size=128
// Frames lie outside the JavaScript heap, yet count: a small heap would be collected whole every few hundred of them, for nothing, since they die young.
// With 128 MB in hand it is not, which makes relaying 64 KiB frames a quarter to a third cheaper.
import { runBroker } from './command.js'

process.exitCode = await runBroker(process.argv.slice(2))
