import type { Frame, FrameRect } from '../api/screens.js'
import { decodeRect, ImageDecodeError } from './image-codec.js'

/** A picture that the frames of a screen are painted on, in memory: BGRA rows without padding, alpha 255. It understands RAW, PNG, JPEG and COPY. */
export class Painting {
  #width = 0
  #height = 0
  #data = new Uint8Array()

  /** Pixels; 0 before the first frame. */
  get width(): number {
    return this.#width
  }

  get height(): number {
    return this.#height
  }

  /** The pixels. The same memory from frame to frame, unless the size changes. */
  get data(): Uint8Array {
    return this.#data
  }

  /**
   * Paints a frame, all of it or nothing. What is copied is what was there before the frame (RA-SCR-039); rectangles follow one another in their order (RA-SCR-040).
   * @throws ImageDecodeError if a rectangle is not what it says, uses another codec, or does not fit: then ask for a key frame, `screens.repair()`.
   */
  paint({ width, height, keyframe, rects }: Pick<Frame, 'width' | 'height' | 'keyframe' | 'rects'>): void {
    const resized = width !== this.#width || height !== this.#height
    if (resized && !keyframe) throw new ImageDecodeError(`The picture is ${this.#width}×${this.#height}; this frame is for ${width}×${height}.`)
    const ready = rects.map(rect => {
      if (rect.x + rect.width > width || rect.y + rect.height > height) throw new ImageDecodeError('A rectangle reaches beyond the picture.')
      return { rect, pixels: this.#pixelsOf(rect, keyframe) }
    })
    if (resized) {
      this.#width = width
      this.#height = height
      this.#data = new Uint8Array(width * height * 4)
    }
    for (const { rect, pixels } of ready) {
      const row = rect.width * 4
      for (let y = 0; y < rect.height; y++) this.#data.set(pixels.subarray(y * row, (y + 1) * row), this.#at(rect.x, rect.y + y))
    }
  }

  #at(x: number, y: number): number {
    return (y * this.#width + x) * 4
  }

  #pixelsOf(rect: FrameRect, keyframe: boolean): Uint8Array {
    switch (rect.codec) {
      case 'raw':
      case 'png':
      case 'jpeg':
        return decodeRect(rect.codec, rect.data, rect.width, rect.height)
      case 'copy':
        return this.#copyOf(rect, keyframe)
      default:
        throw new ImageDecodeError(`Nobody asked for ${rect.codec}.`)
    }
  }

  #copyOf({ copyFromX, copyFromY, width, height }: FrameRect, keyframe: boolean): Uint8Array {
    if (keyframe || copyFromX + width > this.#width || copyFromY + height > this.#height)
      throw new ImageDecodeError('A rectangle copies what is not in the picture before the frame.')
    const pixels = new Uint8Array(width * height * 4)
    for (let y = 0; y < height; y++) {
      const at = this.#at(copyFromX, copyFromY + y)
      pixels.set(this.#data.subarray(at, at + width * 4), y * width * 4)
    }
    return pixels
  }
}
