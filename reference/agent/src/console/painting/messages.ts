/** What the page and the worker that paints say to one another. */
import type { Frame } from '@remote-assist/peer'

/** To the worker. */
export type Order =
  /** Frames are painted here from now on; before any of them. */
  | { readonly do: 'hang'; readonly canvas: OffscreenCanvas }
  | { readonly do: 'paint'; readonly id: number; readonly frame: Frame }
  /** The pixels as they are. */
  | { readonly do: 'snapshot'; readonly id: number }

/** From the worker. */
export type Report =
  /** It started, and can paint. */
  | { readonly say: 'ready' }
  /** What was asked for is done; with the pixels that were asked for. */
  | { readonly say: 'answer'; readonly id: number; readonly pixels: ImageData | undefined }
  | { readonly say: 'failure'; readonly id: number; readonly message: string }
