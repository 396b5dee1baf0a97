/** The worker that reads the shared picture: compares it with what was there before, and encodes parts of it. */
import type { Grabbed, Order, Report } from './messages.js'
import { Reader } from './reader.js'

/** The scope of a dedicated worker, as far as it is used here. */
interface Scope {
  postMessage(message: Report, transfer?: readonly Transferable[]): void
  addEventListener(name: 'message', listener: (event: MessageEvent<Order>) => void): void
}

const scope = globalThis as unknown as Scope
const reader = new Reader(report => scope.postMessage(report))

/** BGRA to RGBA, or back, in place. */
function swapRedAndBlue(pixels: Uint8ClampedArray): void {
  for (let i = 0; i < pixels.length; i += 4) {
    const first = pixels[i] as number
    pixels[i] = pixels[i + 2] as number
    pixels[i + 2] = first
  }
}

function surface(width: number, height: number): { readonly canvas: OffscreenCanvas; readonly context: OffscreenCanvasRenderingContext2D } {
  const canvas = new OffscreenCanvas(width, height)
  const context = canvas.getContext('2d', { alpha: false, willReadFrequently: true })
  if (context === null) throw new TypeError('This browser has no canvas for workers.')
  return { canvas, context }
}

/** Reads a picture over a canvas: what every browser can. */
function paint(picture: CanvasImageSource, width: number, height: number, into: ArrayBuffer): void {
  const { context } = surface(width, height)
  context.drawImage(picture, 0, 0)
  const { data } = context.getImageData(0, 0, width, height)
  swapRedAndBlue(data)
  new Uint8ClampedArray(into).set(data)
}

async function take(frame: VideoFrame): Promise<void> {
  const { width, height } = frame.visibleRect ?? { width: frame.displayWidth, height: frame.displayHeight }
  const read = (into: ArrayBuffer) => frame.copyTo(into, { format: 'BGRA' }).catch(() => paint(frame, width, height, into))
  await reader.take({ width, height }, read)
}

/** Takes one frame after the other; the stream drops those for which there is no time. */
async function watch(frames: ReadableStream<VideoFrame>): Promise<void> {
  const source = frames.getReader()
  for (let next = await source.read(); !next.done; next = await source.read()) {
    const frame = next.value
    await take(frame).finally(() => frame.close())
  }
}

async function encode({ pixels, width, height, type, quality }: Extract<Order, { readonly do: 'encode' }>): Promise<Uint8Array> {
  const data = new Uint8ClampedArray(pixels)
  swapRedAndBlue(data)
  const { canvas, context } = surface(width, height)
  context.putImageData(new ImageData(data, width, height), 0, 0)
  return new Uint8Array(await (await canvas.convertToBlob({ type, quality })).arrayBuffer())
}

async function answer(id: number, task: () => Promise<Grabbed | Uint8Array | undefined>): Promise<void> {
  try {
    const value = await task()
    if (value === undefined) scope.postMessage({ say: 'failure', id, message: 'There is no picture.' })
    else scope.postMessage({ say: 'answer', id, value }, [value instanceof Uint8Array ? (value.buffer as ArrayBuffer) : value.pixels])
  } catch (error) {
    scope.postMessage({ say: 'failure', id, message: error instanceof Error ? error.message : String(error) })
  }
}

scope.addEventListener('message', ({ data: order }) => {
  switch (order.do) {
    case 'watch':
      // A stream that fails ends like one that is over: the track says so to the page.
      return void watch(order.frames).catch(() => undefined)
    case 'look': {
      const { picture } = order
      const { width, height } = picture
      return void reader.take({ width, height }, async into => paint(picture, width, height, into)).finally(() => picture.close())
    }
    case 'open':
      return reader.open(order.capture)
    case 'close':
      return reader.close(order.capture)
    case 'grab':
      return void answer(order.id, async () => reader.grab(order.capture, order.room))
    case 'encode':
      return void answer(order.id, () => encode(order))
  }
})
