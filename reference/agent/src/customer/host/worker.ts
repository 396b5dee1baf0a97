/** The worker that reads the shared picture: compares it with what was there before, and encodes parts of it. */
import { Film } from './film.js'
import type { Answer, Order, Report } from './messages.js'
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

/** The memory of an answer, which goes along with it. */
function buffersOf(value: Answer): readonly Transferable[] {
  if (typeof value === 'boolean') return []
  if (value instanceof Uint8Array) return [value.buffer]
  return 'pixels' in value ? [value.pixels] : [value.room, ...(value.data === undefined ? [] : [value.data.buffer])]
}

async function answer(id: number, task: () => Promise<Answer>): Promise<void> {
  try {
    const value = await task()
    scope.postMessage({ say: 'answer', id, value }, buffersOf(value))
  } catch (error) {
    scope.postMessage({ say: 'failure', id, message: error instanceof Error ? error.message : String(error) })
  }
}

/** The newest picture; throws if there is none. */
function grab({ capture, room }: Extract<Order, { readonly do: 'grab' }>): Answer {
  const grabbed = reader.grab(capture, room)
  if (grabbed === undefined) throw new TypeError('There is no picture.')
  return grabbed
}

/** Streams of video, by their number. */
const films = new Map<number, Film>()

async function openFilm({ film, codec, width, height }: Extract<Order, { readonly do: 'film' }>): Promise<boolean> {
  const opened = await Film.open(codec, { width, height })
  if (opened !== undefined) films.set(film, opened)
  return opened !== undefined
}

async function shoot({ film, shot }: Extract<Order, { readonly do: 'shoot' }>): Promise<Answer> {
  return { data: await films.get(film)?.encode(shot), room: shot.pixels }
}

function cut(film: number): void {
  films.get(film)?.close()
  films.delete(film)
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
      return void answer(order.id, async () => grab(order))
    case 'encode':
      return void answer(order.id, () => encode(order))
    case 'film':
      return void answer(order.id, () => openFilm(order))
    case 'shoot':
      return void answer(order.id, () => shoot(order))
    case 'cut':
      return cut(order.film)
  }
})
