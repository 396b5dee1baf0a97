/** The parts of a PNG, and PNG with alpha for pointer images: small, and the same in Node and browsers. */
import type { Image } from '../host.js'

/** The first bytes of every PNG. */
export const PNG_SIGNATURE: readonly number[] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
const RGBA = 6

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n
  for (let bit = 0; bit < 8; bit++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1
  return c
})

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) crc = (CRC_TABLE[(crc ^ byte) & 0xff] as number) ^ (crc >>> 8)
  return (crc ^ 0xffffffff) >>> 0
}

/** A chunk: its length, name, data and check sum. */
export function chunk(name: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.length)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, data.length)
  for (let i = 0; i < 4; i++) bytes[4 + i] = name.charCodeAt(i)
  bytes.set(data, 8)
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)))
  return bytes
}

/** Bytes, packed as PNG has them. */
export async function deflated(bytes: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<Uint8Array> {
  return new Uint8Array(await new Response(bytes.pipeThrough(new CompressionStream('deflate'))).arrayBuffer())
}

/** The file that these chunks are. */
export async function assemblePng(chunks: readonly Uint8Array[]): Promise<Uint8Array> {
  return new Uint8Array(await new Blob([Uint8Array.from(PNG_SIGNATURE), ...chunks] as Uint8Array<ArrayBuffer>[]).arrayBuffer())
}

/** The bytes of a PNG, 8 bits a channel, with the image's alpha. */
export async function encodeAlphaPng({ width, height, stride, data }: Image): Promise<Uint8Array> {
  const rows = new Uint8Array(height * (1 + width * 4))
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = y * stride + x * 4
      const to = y * (1 + width * 4) + 1 + x * 4
      rows[to] = data[from + 2] as number
      rows[to + 1] = data[from + 1] as number
      rows[to + 2] = data[from] as number
      rows[to + 3] = data[from + 3] as number
    }
  }
  const header = new Uint8Array(13)
  const view = new DataView(header.buffer)
  view.setUint32(0, width)
  view.setUint32(4, height)
  header.set([8, RGBA], 8)
  return assemblePng([chunk('IHDR', header), chunk('IDAT', await deflated(new Blob([rows]).stream())), chunk('IEND', new Uint8Array())])
}
