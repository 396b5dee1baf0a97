import { inflateSync } from 'node:zlib'
import { convertIndexedToRgb, decode } from 'fast-png'

/** Decodes any PNG of that size to BGRA rows without padding, alpha 255. Throws before it takes more memory than the picture needs. */
export function decodePng(bytes: Uint8Array, width: number, height: number): Uint8Array {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  if (file.length < 33 || file.toString('latin1', 12, 16) !== 'IHDR') throw new RangeError('no PNG header')
  const [ownWidth, ownHeight] = [file.readUInt32BE(16), file.readUInt32BE(20)]
  if (ownWidth !== width || ownHeight !== height) throw new RangeError(`it is ${ownWidth}×${ownHeight}`)
  refuseBombs(file, width, height)
  const png = decode(bytes, { checkCrc: true })
  const samples = png.palette ? convertIndexedToRgb(png) : png.data
  const channels = samples.length / (width * height)
  const shift = png.depth === 16 ? 8 : 0
  if (png.depth < 8 && !png.palette) throw new RangeError(`${png.depth} bits a sample without a palette`)
  return toBgra(samples, channels, shift, width * height)
}

/** Inflates the picture's data once with a ceiling: 8 bytes a pixel and a filter byte a row are the most that any PNG holds (twice that, interlaced). */
function refuseBombs(file: Buffer, width: number, height: number): void {
  const parts: Buffer[] = []
  for (let at = 8; at + 12 <= file.length; ) {
    const length = file.readUInt32BE(at)
    if (file.toString('latin1', at + 4, at + 8) === 'IDAT') parts.push(file.subarray(at + 8, at + 8 + length))
    at += length + 12
  }
  inflateSync(Buffer.concat(parts), { maxOutputLength: (width * 8 + 1) * height * 2 })
}

function toBgra(samples: ArrayLike<number>, channels: number, shift: number, count: number): Uint8Array {
  const pixels = new Uint8Array(count * 4)
  const grey = channels < 3
  for (let i = 0; i < count; i++) {
    const from = i * channels
    pixels[i * 4] = (samples[grey ? from : from + 2] as number) >> shift
    pixels[i * 4 + 1] = (samples[grey ? from : from + 1] as number) >> shift
    pixels[i * 4 + 2] = (samples[from] as number) >> shift
    pixels[i * 4 + 3] = 255
  }
  return pixels
}
