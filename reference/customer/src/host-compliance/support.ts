import assert from 'node:assert/strict'
import { HostError, type HostErrorCode, type Image, type Rect, type Snapshot } from '@remote-assist/peer'

const PATIENCE_MS = 5000

/** What was seen so far by a callback, and a way to wait for more. */
export class Seen<T> {
  readonly all: T[] = []
  #wake: () => void = () => {}

  readonly add = (value: T): void => {
    this.all.push(value)
    this.#wake()
  }

  /** Resolves with the first value, seen or still to come, that matches. Rejects after five seconds. */
  async until(what: string, matches: (value: T) => boolean = () => true): Promise<T> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new assert.AssertionError({ message: `${what} did not come within ${PATIENCE_MS} ms` })), PATIENCE_MS)
    })
    try {
      for (;;) {
        const found = this.all.find(matches)
        if (found !== undefined) return found
        const more = new Promise<void>(resolve => {
          this.#wake = resolve
        })
        await Promise.race([late, more])
      }
    } finally {
      clearTimeout(timer)
    }
  }
}

/** Resolves if the promise rejects with a `HostError` of that code. */
export async function rejectsWith(code: HostErrorCode, promise: Promise<unknown>, what: string): Promise<void> {
  await assert.rejects(
    promise,
    (error: unknown) => {
      assert(error instanceof HostError, `${what}: expected a HostError, got ${String(error)}`)
      assert.equal(error.code, code, what)
      return true
    },
    what,
  )
}

/** A part that the host was said to have. */
export function present<T>(part: T | undefined, name: string): T {
  assert(part !== undefined, `the host was said to have ${name}, and has not`)
  return part
}

/** The colour of a pixel, 0xRRGGBB. */
export function colourAt({ data, stride }: Image, x: number, y: number): number {
  const at = y * stride + x * 4
  return ((data[at + 2] ?? 0) << 16) | ((data[at + 1] ?? 0) << 8) | (data[at] ?? 0)
}

/** A copy without padding, alpha left out. */
export function copyPixels({ data, stride, width, height }: Image): Image {
  const copy = new Uint8Array(width * height * 4)
  for (let y = 0; y < height; y++) copy.set(data.subarray(y * stride, y * stride + width * 4), y * width * 4)
  return { width, height, stride: width * 4, data: copy }
}

/** Fails if a pixel differs from the one before and lies in no damaged rectangle. Returns how many differ. */
export function assertDamageCovers(before: Image, { image, damage }: Snapshot): number {
  let changed = 0
  for (let y = 0; y < image.height; y++) {
    for (let x = 0; x < image.width; x++) {
      if (colourAt(before, x, y) === colourAt(image, x, y)) continue
      changed++
      assert(
        damage.some(rect => inside(rect, x, y)),
        `the pixel at ${x},${y} changed, and no damage says so`,
      )
    }
  }
  return changed
}

function inside(rect: Rect, x: number, y: number): boolean {
  return x >= rect.x && y >= rect.y && x < rect.x + rect.width && y < rect.y + rect.height
}
