/** What the page and the worker that reads the picture say to one another. */
import type { Rect, VideoCodec } from '@remote-assist/peer'
import type { Shot } from './film.js'

/** To the worker. */
export type Order =
  /** Frames come from here, until the stream ends. */
  | { readonly do: 'watch'; readonly frames: ReadableStream<VideoFrame> }
  /** One frame, where there is no stream of them. */
  | { readonly do: 'look'; readonly picture: ImageBitmap }
  /** A capture begins, and ends. */
  | { readonly do: 'open'; readonly capture: number }
  | { readonly do: 'close'; readonly capture: number }
  /** The picture as it is now. `room`: a buffer that may be used again. */
  | { readonly do: 'grab'; readonly id: number; readonly capture: number; readonly room: ArrayBuffer | undefined }
  /** Encodes BGRA pixels without padding. `quality`: 0–1. */
  | {
      readonly do: 'encode'
      readonly id: number
      readonly pixels: ArrayBuffer
      readonly width: number
      readonly height: number
      readonly type: 'image/png' | 'image/jpeg'
      readonly quality: number
    }

  /** Begins a stream of video; the answer is whether there is an encoder for it. */
  | { readonly do: 'film'; readonly id: number; readonly film: number; readonly codec: VideoCodec; readonly width: number; readonly height: number }
  /** Encodes the next picture of a stream. */
  | { readonly do: 'shoot'; readonly id: number; readonly film: number; readonly shot: Shot }
  | { readonly do: 'cut'; readonly film: number }

/** A picture, BGRA without padding, and where it is another than the same capture had before. */
export interface Grabbed {
  readonly pixels: ArrayBuffer
  readonly width: number
  readonly height: number
  readonly damage: readonly Rect[]
  /** When the pixels were read, µs since 1970. */
  readonly atUs: number
}

/** What became of a picture of a stream. */
export interface Developed {
  /** Undefined = it was left out. */
  readonly data: Uint8Array | undefined
  /** Where its pixels were, to be used again. */
  readonly room: ArrayBuffer
}

/** What comes of an order. */
export type Answer = Grabbed | Developed | Uint8Array | boolean

/** From the worker. */
export type Report =
  /** The picture has this size from now on. Said before anything else of that size. */
  | { readonly say: 'size'; readonly width: number; readonly height: number }
  /** There is something to grab. */
  | { readonly say: 'damaged'; readonly capture: number }
  | { readonly say: 'answer'; readonly id: number; readonly value: Answer }
  | { readonly say: 'failure'; readonly id: number; readonly message: string }
