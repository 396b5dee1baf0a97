/** What a page asks of the far end. Frames to send go as binary messages: a little-endian u32 with the id, then the bytes. */
export type Order =
  | { readonly op: 'listen'; readonly place: number }
  | { readonly op: 'close-place'; readonly place: number; readonly code: number }
  | { readonly op: 'close'; readonly id: number; readonly code: number; readonly reason: string }
  | { readonly op: 'pause' | 'resume' | 'abort'; readonly id: number }

/** What the far end tells. Frames that arrived come as binary messages, likewise. */
export type Report =
  | { readonly op: 'listening'; readonly place: number; readonly address: string }
  | { readonly op: 'place-closed'; readonly place: number }
  | { readonly op: 'accepted'; readonly place: number; readonly id: number; readonly remoteAddress: string }
  | { readonly op: 'sent'; readonly id: number; readonly bytes: number }
  | {
      readonly op: 'closed'
      readonly id: number
      readonly code: number | null
      readonly reason: string
      readonly clean: boolean
      readonly error: string | null
    }
