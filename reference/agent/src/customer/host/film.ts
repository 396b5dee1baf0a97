/** A stream of video in the worker: pictures, each encoded on the one before. */
import type { VideoCodec } from '@remote-assist/peer'
import { codecString } from '../../video.js'
import type { PictureSize } from './tiles.js'

/** Pictures a second that the encoder reckons with. */
const PICTURES_A_SECOND = 30
/** A bit rate that differs by less than this share is not worth telling the encoder. */
const WORTH = 0.2

/** One picture to encode. */
export interface Shot {
  /** BGRA without padding. */
  readonly pixels: ArrayBuffer
  /** It has to decode alone. */
  readonly key: boolean
  readonly bitsPerSecond: number
  readonly atUs: number
}

const configOf = (codec: VideoCodec, { width, height }: PictureSize, bitrate: number): VideoEncoderConfig => ({
  codec: codecString(codec, { width, height }),
  width,
  height,
  bitrate,
  bitrateMode: 'variable',
  latencyMode: 'realtime',
  framerate: PICTURES_A_SECOND,
  // Configuration in band, as the wire has it (RA-SCR-083).
  ...(codec === 'h264' && { avc: { format: 'annexb' } }),
})

/** An encoder at work. */
export class Film {
  readonly #codec: VideoCodec
  readonly #size: PictureSize
  readonly #encoder: VideoEncoder
  #bitsPerSecond = 0
  #atUs = 0
  #chunks: EncodedVideoChunk[] = []
  #failure: Error | undefined

  private constructor(codec: VideoCodec, size: PictureSize) {
    this.#codec = codec
    this.#size = size
    this.#encoder = new VideoEncoder({
      output: chunk => this.#chunks.push(chunk),
      error: failure => {
        this.#failure = failure
      },
    })
  }

  /** An encoder for pictures of this size; undefined if this browser has none. */
  static async open(codec: VideoCodec, size: PictureSize): Promise<Film | undefined> {
    if (typeof VideoEncoder === 'undefined') return undefined
    const { supported } = await VideoEncoder.isConfigSupported(configOf(codec, size, 1_000_000))
    return supported ? new Film(codec, size) : undefined
  }

  /** Encodes a picture; undefined if the encoder leaves it out to keep to its rate. Rejects if it failed. */
  async encode({ pixels, key, bitsPerSecond, atUs }: Shot): Promise<Uint8Array | undefined> {
    if (Math.abs(bitsPerSecond - this.#bitsPerSecond) > this.#bitsPerSecond * WORTH) {
      this.#bitsPerSecond = bitsPerSecond
      this.#encoder.configure(configOf(this.#codec, this.#size, bitsPerSecond))
    }
    const { width, height } = this.#size
    this.#atUs = Math.max(this.#atUs + 1, atUs)
    const frame = new VideoFrame(pixels, { format: 'BGRX', codedWidth: width, codedHeight: height, timestamp: this.#atUs })
    this.#encoder.encode(frame, { keyFrame: key })
    frame.close()
    await this.#encoder.flush()
    const [chunk, ...more] = this.#chunks.splice(0)
    if (this.#failure !== undefined) throw this.#failure
    if (chunk === undefined) return undefined
    if (more.length > 0 || (key && chunk.type !== 'key'))
      throw new TypeError('The encoder gave something else than one picture of the kind that it was asked for.')
    const data = new Uint8Array(chunk.byteLength)
    chunk.copyTo(data)
    return data
  }

  close(): void {
    if (this.#encoder.state !== 'closed') this.#encoder.close()
  }
}
