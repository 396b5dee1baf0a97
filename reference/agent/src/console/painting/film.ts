/** The pictures of a stream of video, each decoded on the one before. The same in the page and in a worker. */
import type { FrameRect, VideoCodec } from '@remote-assist/peer'
import { codecString } from '../../video.js'

/** A picture that is not decoded by then never will be, ms. */
const PATIENCE_MS = 2_000

/** A rectangle that is a picture of a stream. */
export type VideoRect = FrameRect & { readonly codec: VideoCodec }

/** Whether a rectangle is a picture of a stream. */
export const isVideoRect = (rect: FrameRect): rect is VideoRect => rect.codec === 'h264' || rect.codec === 'vp9' || rect.codec === 'av1'

/** What a viewer keeps of a stream from frame to frame: its decoder (RA-SCR-087). */
export class Film {
  /** Of which codec and size; undefined = nothing is kept. */
  #kind: string | undefined
  #decoder: VideoDecoder | undefined
  #awaited: { resolve(picture: VideoFrame): void; reject(error: unknown): void } | undefined
  #count = 0

  /**
   * The picture of a rectangle. Rejects if it builds on one that was not decoded, does not decode in time, or has another size than it says; then only a key frame
   * helps. Not before the one before it is done.
   */
  async picture(rect: VideoRect, keyframe: boolean): Promise<VideoFrame> {
    const { codec, width, height, data } = rect
    const kind = `${codec} ${width} ${height}`
    if (kind !== this.#kind) this.forget()
    this.#kind = kind
    if (keyframe) this.#decoder ??= this.#begin(rect)
    const timer = setTimeout(() => this.#awaited?.reject(new TypeError('no picture')), PATIENCE_MS)
    try {
      const picture = await new Promise<VideoFrame>((resolve, reject) => {
        this.#awaited = { resolve, reject }
        if (this.#decoder === undefined) throw new TypeError('no key frame')
        this.#decoder.decode(new EncodedVideoChunk({ type: keyframe ? 'key' : 'delta', timestamp: ++this.#count, data }))
      })
      if (picture.displayWidth === width && picture.displayHeight === height) return picture
      picture.close()
      throw new TypeError('another size')
    } catch (error) {
      this.forget()
      throw error
    } finally {
      clearTimeout(timer)
    }
  }

  /** Nothing is kept: a key frame without video came, or the picture is closed. */
  forget(): void {
    if (this.#decoder !== undefined && this.#decoder.state !== 'closed') this.#decoder.close()
    this.#decoder = undefined
    this.#kind = undefined
  }

  #begin({ codec, width, height }: VideoRect): VideoDecoder {
    const decoder = new VideoDecoder({
      output: picture => this.#awaited?.resolve(picture),
      error: error => this.#awaited?.reject(error),
    })
    decoder.configure({ codec: codecString(codec, { width, height }), codedWidth: width, codedHeight: height, optimizeForLatency: true })
    return decoder
  }
}
