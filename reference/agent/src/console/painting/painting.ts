/** Where frames are painted: in a worker, so that the page stays free; in the page itself where no worker starts. */
import type { Frame } from '@remote-assist/peer'
import { Answers } from '../../answers.js'
import type { Order, Report } from './messages.js'
import { Painter } from './painter.js'

/** Somebody who paints frames on a canvas. */
export interface Painting {
  readonly place: 'worker' | 'page'
  /** Paints a frame, whole. Rejects if it does not decode: then nothing of it was painted. Not before the one before it is done. */
  paint(frame: Frame): Promise<void>
  /** The pixels as they are. */
  snapshot(): Promise<ImageData | undefined>
  /** Nothing more is painted. */
  close(): void
}

/** A worker that is not there by then is not waited for, ms. */
const START_MS = 10_000

let told = false

/** Has somebody paint on this canvas, which belongs to them from now on. Throws `TypeError` where there is no canvas to paint on. */
export async function startPainting(canvas: HTMLCanvasElement): Promise<Painting> {
  try {
    return new WorkerPainting(await startWorker(), canvas)
  } catch (error) {
    if (!told) console.warn(`remote-assist: the picture is decoded in the page, as its worker did not start: ${error}`)
    told = true
    return new PagePainting(canvas)
  }
}

/** Resolves with a worker that is ready; rejects if none starts: its file is not there, the page's policy forbids it, or it could not paint. */
async function startWorker(): Promise<Worker> {
  if (!('transferControlToOffscreen' in HTMLCanvasElement.prototype)) throw new TypeError('no canvas for workers')
  const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })
  const stop = new AbortController()
  const { signal } = stop
  const timer = setTimeout(() => stop.abort(), START_MS)
  try {
    await new Promise<void>((resolve, reject) => {
      worker.addEventListener('message', () => resolve(), { signal })
      worker.addEventListener('error', ({ message }) => reject(new TypeError(message || 'not loaded')), { signal })
      signal.addEventListener('abort', () => reject(new TypeError('too slow')))
    })
    return worker
  } catch (error) {
    worker.terminate()
    throw error
  } finally {
    clearTimeout(timer)
    stop.abort()
  }
}

class PagePainting implements Painting {
  readonly place = 'page'
  readonly #painter: Painter

  constructor(canvas: HTMLCanvasElement) {
    this.#painter = new Painter(canvas)
  }

  paint(frame: Frame): Promise<void> {
    return this.#painter.paint(frame)
  }

  async snapshot(): Promise<ImageData | undefined> {
    return this.#painter.snapshot()
  }

  close(): void {
    this.#painter.close()
  }
}

class WorkerPainting implements Painting {
  readonly place = 'worker'
  readonly #worker: Worker
  readonly #answers = new Answers<ImageData | undefined>()

  constructor(worker: Worker, canvas: HTMLCanvasElement) {
    this.#worker = worker
    worker.addEventListener('message', ({ data: report }: MessageEvent<Report>) => {
      if (report.say === 'answer') this.#answers.came(report.id, report.pixels)
      else if (report.say === 'failure') this.#answers.failed(report.id, report.message)
    })
    worker.addEventListener('error', ({ message }) => this.#answers.end(message))
    const offscreen = canvas.transferControlToOffscreen()
    this.#tell({ do: 'hang', canvas: offscreen }, [offscreen])
  }

  async paint(frame: Frame): Promise<void> {
    // Each rectangle by itself: a view of a larger buffer would be copied with all of it.
    const rects = frame.rects.map(rect => ({ ...rect, data: rect.data.slice() }))
    const buffers = rects.map(({ data }) => data.buffer as ArrayBuffer)
    await this.#answers.ask(id => this.#tell({ do: 'paint', id, frame: { ...frame, rects } }, buffers))
  }

  async snapshot(): Promise<ImageData | undefined> {
    return this.#answers.ask(id => this.#tell({ do: 'snapshot', id }))
  }

  close(): void {
    this.#worker.terminate()
    this.#answers.end('closed')
  }

  #tell(order: Order, transfer: Transferable[] = []): void {
    this.#worker.postMessage(order, transfer)
  }
}
