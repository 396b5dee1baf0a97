/** Program: waits for the end of its standard input, which the worker holds, however the worker ends; then ends everything that the worker's commands started. */
import { endBearers } from './processes.js'

const [, , mark = ''] = process.argv
// Signals of a terminal or of the worker's group are not for the guard.
for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) process.on(signal, () => {})
process.stdin.resume()
process.stdin.once('error', leave)
process.stdin.once('end', leave)

function leave(): void {
  if (mark === '') return process.exit(1)
  void endBearers(mark).then(() => process.exit(0))
}
