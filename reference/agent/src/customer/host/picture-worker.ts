/** The page's end of the worker that reads the picture. */
import type { VideoCodec } from '@remote-assist/peer'
import { Answers } from '../../answers.js'
import type { Shot } from './film.js'
import type { Answer, Developed, Grabbed, Order, Report } from './messages.js'
import type { PictureSize } from './tiles.js'

type Asked = Extract<Order, { readonly id: number }>
type WithoutId<O> = O extends Asked ? Omit<O, 'id'> : never

export class PictureWorker {
  readonly #worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })
  readonly #answers = new Answers<Answer>()
  readonly #damaged = new Map<number, () => void>()
  #captures = 0
  #films = 0

  constructor(sized: (size: PictureSize) => void) {
    this.#worker.addEventListener('message', ({ data: report }: MessageEvent<Report>) => {
      if (report.say === 'size') sized(report)
      else if (report.say === 'damaged') this.#damaged.get(report.capture)?.()
      else if (report.say === 'answer') this.#answers.came(report.id, report.value)
      else this.#answers.failed(report.id, report.message)
    })
    this.#worker.addEventListener('error', ({ message }) => this.#answers.end(message))
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
    const capture = ++this.#captures
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

  /** Begins a stream of video; undefined if this browser has no encoder for it. */
  async openFilm(codec: VideoCodec, { width, height }: PictureSize): Promise<number | undefined> {
    const film = ++this.#films
    return (await this.#ask({ do: 'film', film, codec, width, height }, [])) === true ? film : undefined
  }

  /** The next picture of a stream, encoded. Its buffer belongs to the worker until then. */
  shoot(film: number, shot: Shot): Promise<Developed> {
    return this.#ask({ do: 'shoot', film, shot }, [shot.pixels]) as Promise<Developed>
  }

  /** A stream ends. */
  closeFilm(film: number): void {
    this.#tell({ do: 'cut', film })
  }

  /** Ends the worker; who waits for it gets an error. */
  end(): void {
    this.#worker.terminate()
    this.#damaged.clear()
    this.#answers.end('The share has ended.')
  }

  #ask(order: WithoutId<Asked>, transfer: readonly Transferable[]): Promise<Answer> {
    return this.#answers.ask(id => this.#tell({ ...order, id } as Asked, transfer))
  }

  #tell(order: Order, transfer: readonly Transferable[] = []): void {
    this.#worker.postMessage(order, [...transfer])
  }
}
