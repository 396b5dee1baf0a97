/**
 * A program beside the one that shares a display, whose name is its argument: it waits until its input ends, and that is when the other process does. Unless
 * that said goodbye, keys and buttons may be down and keys lent: the display's input is put in order.
 */
import { XConnection } from './connection.js'
import { GOODBYE } from './guarded.js'
import { tidyInput } from './leftovers.js'
import type { TestExtension } from './wire.js'
import { Xkb } from './xkb.js'

// What ends the other process must not end this one before.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})

let said = ''
for await (const piece of process.stdin) said += piece
if (said !== GOODBYE) {
  const connection = await XConnection.open(process.argv[2] ?? '')
  const xtest = await connection.extension<TestExtension>('xtest')
  const xkb = await Xkb.open(connection)
  if (xtest !== undefined && xkb !== undefined) await tidyInput(connection, xtest, xkb)
  connection.close()
}
