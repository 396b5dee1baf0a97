import { PictureCodec } from '@remote-assist/codec'
import type { Frame } from '../../src/api/screens.js'
import { Painting } from '../../src/node/painting.js'

/** A picture that frames are painted on, as a viewer would. */
export class Painter extends Painting {
  /** The frame applied last. */
  frameId = 0

  override paint(frame: Pick<Frame, 'width' | 'height' | 'rects' | 'keyframe' | 'frameId'>): void {
    super.paint(frame)
    this.frameId = frame.frameId
  }
}

/** The lossless codecs, and COPY: with these a picture is right to the last bit. */
export const LOSSLESS = [PictureCodec.RAW, PictureCodec.PNG, PictureCodec.COPY]
