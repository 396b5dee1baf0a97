/** The thread's own part: each order is done at once, in the order of asking. */
import { parentPort } from 'node:worker_threads'
import type { Order } from './file-store-orders.js'
import { look, nameParts, readWhole, writeParts } from './file-store-small.js'

async function done(order: Order) {
  switch (order.kind) {
    case 'look':
      return look(order.asked)
    case 'read':
      return readWhole(order.asked)
    case 'write':
      return writeParts(order.asked)
    case 'name':
      return nameParts(order.asked)
  }
}

let last: Promise<void> = Promise.resolve()
parentPort?.on('message', (order: Order) => {
  last = last.then(async () => parentPort?.postMessage(await done(order)))
})
