/** What the page and the worker that reads the picture say to one another. */
import type { Rect } from '@remote-assist/peer'

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

/** A picture, BGRA without padding, and where it is another than the same capture had before. */
export interface Grabbed {
  readonly pixels: ArrayBuffer
  readonly width: number
  readonly height: number
  readonly damage: readonly Rect[]
  /** When the pixels were read, µs since 1970. */
  readonly atUs: number
}

/** From the worker. */
export type Report =
  /** The picture has this size from now on. Said before anything else of that size. */
  | { readonly say: 'size'; readonly width: number; readonly height: number }
  /** There is something to grab. */
  | { readonly say: 'damaged'; readonly capture: number }
  | { readonly say: 'answer'; readonly id: number; readonly value: Grabbed | Uint8Array }
  | { readonly say: 'failure'; readonly id: number; readonly message: string }
