import { createHash } from 'node:crypto'
import type { Host } from '@remote-assist/peer'

/** A digest of BGRA pixels, whatever their alpha. */
export function digestOf(bgra: Uint8Array): string {
  const opaque = Uint8Array.from(bgra)
  for (let i = 3; i < opaque.length; i += 4) opaque[i] = 255
  return createHash('sha256').update(opaque).digest('hex')
}

/** The digest of what a screen of the host shows now. */
export async function digestOfScreen(host: Pick<Host, 'screens'>, screenId: number): Promise<string> {
  const capture = await host.screens.capture(screenId, () => undefined)
  const { image } = await capture.grab()
  const rows = new Uint8Array(image.width * image.height * 4)
  for (let y = 0; y < image.height; y++) rows.set(image.data.subarray(y * image.stride, y * image.stride + image.width * 4), y * image.width * 4)
  capture.stop()
  return digestOf(rows)
}
