import type { CursorShape } from '@remote-assist/peer'
import type { XConnection } from './connection.js'
import type { FixesExtension } from './wire.js'

/** The pointer's image at this moment. */
export async function readCursor(connection: XConnection, fixes: FixesExtension): Promise<CursorShape> {
  type Reply = Parameters<Parameters<FixesExtension['GetCursorImage']>[0]>[1]
  const cursor = await connection.request<Reply>(done => fixes.GetCursorImage(done))
  return {
    hotspotX: cursor.xhot,
    hotspotY: cursor.yhot,
    image: { width: cursor.width, height: cursor.height, stride: cursor.width * 4, data: straightAlpha(cursor.cursorImage) },
  }
}

/** XFIXES gives BGRA multiplied by its alpha; pictures elsewhere have straight alpha. */
function straightAlpha(premultiplied: Uint8Array): Uint8Array {
  const pixels = Uint8Array.from(premultiplied)
  for (let i = 0; i < pixels.length; i += 4) {
    const alpha = pixels[i + 3] ?? 0
    if (alpha === 0 || alpha === 255) continue
    for (let channel = i; channel < i + 3; channel++) pixels[channel] = Math.min(255, Math.round(((pixels[channel] ?? 0) * 255) / alpha))
  }
  return pixels
}
