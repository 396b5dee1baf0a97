/** How browsers name the codecs of video. Pure. */
import type { VideoCodec } from '@remote-assist/peer'

/** A picture's size in pixels. */
interface Size {
  readonly width: number
  readonly height: number
}

/** The largest pictures of two levels, in pixels, with those that fill up blocks of 16 × 16: ITU-T H.264, table A-1; VP9, annex A; AV1, annex A.3. */
const MOST = [2_097_152, 8_912_896] as const

/** Codec strings (RFC 6381) by level: H.264 constrained baseline, VP9 profile 0, AV1 main, 8 bits each. */
const NAMES: { readonly [C in VideoCodec]: readonly [string, string, string] } = {
  h264: ['avc1.42E028', 'avc1.42E033', 'avc1.42E03C'],
  vp9: ['vp09.00.40.08', 'vp09.00.50.08', 'vp09.00.60.08'],
  av1: ['av01.0.08M.08', 'av01.0.12M.08', 'av01.0.16M.08'],
}

const filled = (pixels: number): number => Math.ceil(pixels / 16) * 16

/** The codec string for pictures of this size, at 30 a second and more. */
export function codecString(codec: VideoCodec, { width, height }: Size): string {
  const pixels = filled(width) * filled(height)
  const [usual, large, huge] = NAMES[codec]
  return pixels <= MOST[0] ? usual : pixels <= MOST[1] ? large : huge
}
