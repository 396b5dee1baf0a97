/** The worker that decodes and paints. */
import type { Order, Report } from './messages.js'
import { Painter } from './painter.js'

/** The scope of a dedicated worker, as far as it is used here. */
interface Scope {
  postMessage(message: Report, transfer?: readonly Transferable[]): void
  addEventListener(name: 'message', listener: (event: MessageEvent<Order>) => void): void
}

const scope = globalThis as unknown as Scope
/** Undefined until there is something to paint on, which is before anything is asked. */
let painter: Painter | undefined

async function answer(id: number, task: () => Promise<ImageData | undefined>): Promise<void> {
  try {
    const pixels = await task()
    scope.postMessage({ say: 'answer', id, pixels }, pixels === undefined ? [] : [pixels.data.buffer])
  } catch (error) {
    scope.postMessage({ say: 'failure', id, message: String(error) })
  }
}

scope.addEventListener('message', ({ data: order }) => {
  switch (order.do) {
    case 'hang':
      painter = new Painter(order.canvas)
      return
    case 'paint':
      return void answer(order.id, async () => {
        await painter?.paint(order.frame)
        return undefined
      })
    case 'snapshot':
      return void answer(order.id, async () => painter?.snapshot())
  }
})

// Who cannot paint says nothing of being ready, and ends with an error.
new Painter(new OffscreenCanvas(1, 1))
scope.postMessage({ say: 'ready' })
