import { PictureCodec } from '@remote-assist/codec'
import type { Frame } from '../../src/api/screens.js'
import type { RectCodec } from '../../src/host.js'
import { decodeRect } from '../../src/node/image-codec.js'

/** A picture that frames are painted on, as a viewer would. */
export class Painter {
  width = 0
  height = 0
  data = new Uint8Array()
  /** The frame applied last. */
  frameId = 0

  paint({ width, height, rects, keyframe, frameId }: Pick<Frame, 'width' | 'height' | 'rects' | 'keyframe' | 'frameId'>): void {
    if (keyframe) {
      this.width = width
      this.height = height
      this.data = new Uint8Array(width * height * 4)
    }
    for (const rect of rects) {
      const pixels = decodeRect(rect.codec as RectCodec, rect.data, rect.width, rect.height)
      for (let y = 0; y < rect.height; y++) this.data.set(pixels.subarray(y * rect.width * 4, (y + 1) * rect.width * 4), ((rect.y + y) * width + rect.x) * 4)
    }
    this.frameId = frameId
  }
}

/** The lossless codecs: with these a picture is right to the last bit. */
export const LOSSLESS = [PictureCodec.RAW, PictureCodec.PNG]
