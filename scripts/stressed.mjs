import { spawn } from 'node:child_process'
import { availableParallelism, constants } from 'node:os'
import { Worker } from 'node:worker_threads'

/** Runs a program while something else wants every core, and ends with its exit code: `node scripts/stressed.mjs PROGRAM ARGUMENT…` */

const [program, ...args] = process.argv.slice(2)
if (program === undefined) {
  console.error('Which program is to be run? node scripts/stressed.mjs PROGRAM ARGUMENT…')
  process.exit(2)
}

for (let core = 0; core < availableParallelism(); core++) new Worker('for (;;);', { eval: true })

// In this process group: who ends it ends the program as well.
const child = spawn(program, args, { stdio: 'inherit' })
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
child.on('error', error => {
  console.error(`${program} cannot be started: ${error.message}`)
  process.exit(127)
})
child.on('close', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]))
