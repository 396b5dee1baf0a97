/** The page's end of the worker that reads the picture. */
import type { Grabbed, Order, Report } from './messages.js'
import type { PictureSize } from './tiles.js'

type Asked = Extract<Order, { readonly id: number }>
type WithoutId<O> = O extends Asked ? Omit<O, 'id'> : never

interface Waiting {
  resolve(value: Grabbed | Uint8Array): void
  reject(error: Error): void
}

export class PictureWorker {
  readonly #worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })
  readonly #waiting = new Map<number, Waiting>()
  readonly #damaged = new Map<number, () => void>()
  #nextId = 1

  constructor(sized: (size: PictureSize) => void) {
    this.#worker.addEventListener('message', ({ data: report }: MessageEvent<Report>) => {
      if (report.say === 'size') sized(report)
      else if (report.say === 'damaged') this.#damaged.get(report.capture)?.()
      else this.#answered(report)
    })
    this.#worker.addEventListener('error', ({ message }) => this.#fail(message))
  }

  /** Frames come from here. */
  watch(frames: ReadableStream<VideoFrame>): void {
    this.#tell({ do: 'watch', frames }, [frames])
  }

  /** One frame. */
  look(picture: ImageBitmap): void {
    this.#tell({ do: 'look', picture }, [picture])
  }

  /** A capture begins; `damaged` is called when there is something to grab. */
  open(damaged: () => void): number {
    const capture = this.#nextId++
    this.#damaged.set(capture, damaged)
    this.#tell({ do: 'open', capture })
    return capture
  }

  /** A capture ends; nothing is called afterwards. */
  close(capture: number): void {
    this.#damaged.delete(capture)
    this.#tell({ do: 'close', capture })
  }

  /** The picture now, with what changed since the last one of this capture. Rejects if there is none. */
  grab(capture: number, room: ArrayBuffer | undefined): Promise<Grabbed> {
    return this.#ask({ do: 'grab', capture, room }, room === undefined ? [] : [room]) as Promise<Grabbed>
  }

  /** Encoded pixels. The buffer belongs to the worker from now on. */
  encode(what: Omit<Extract<Order, { readonly do: 'encode' }>, 'id' | 'do'>): Promise<Uint8Array> {
    return this.#ask({ do: 'encode', ...what }, [what.pixels]) as Promise<Uint8Array>
  }

  /** Ends the worker; who waits for it gets an error. */
  end(): void {
    this.#worker.terminate()
    this.#damaged.clear()
    this.#fail('The share has ended.')
  }

  #ask(order: WithoutId<Asked>, transfer: readonly Transferable[]): Promise<Grabbed | Uint8Array> {
    const id = this.#nextId++
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      this.#tell({ ...order, id } as Asked, transfer)
    })
  }

  #tell(order: Order, transfer: readonly Transferable[] = []): void {
    this.#worker.postMessage(order, [...transfer])
  }

  #answered(report: Extract<Report, { readonly id: number }>): void {
    const waiting = this.#waiting.get(report.id)
    this.#waiting.delete(report.id)
    if (report.say === 'answer') waiting?.resolve(report.value)
    else waiting?.reject(new Error(report.message))
  }

  #fail(message: string): void {
    for (const { reject } of this.#waiting.values()) reject(new Error(message))
    this.#waiting.clear()
  }
}
