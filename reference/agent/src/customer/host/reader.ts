/** Keeps the newest picture and what changed in it, for each capture. Runs in a worker, so that the page stays free. */
import type { Rect } from '@remote-assist/peer'
import type { Grabbed, Report } from './messages.js'
import { differing, type PictureSize } from './tiles.js'

interface Standing {
  /** What changed since the last grab; undefined = everything. */
  damage: readonly Rect[] | undefined
  /** The page was told that there is something. */
  told: boolean
}

/** More rectangles than this are one: the whole picture. */
const MAX_RECTS = 512

export class Reader {
  readonly #say: (report: Report) => void
  readonly #captures = new Map<number, Standing>()
  #size: PictureSize = { width: 0, height: 0 }
  #newest = new Uint32Array()
  #spare = new Uint32Array()
  #atUs = 0

  constructor(say: (report: Report) => void) {
    this.#say = say
  }

  open(capture: number): void {
    this.#captures.set(capture, { damage: undefined, told: false })
  }

  close(capture: number): void {
    this.#captures.delete(capture)
  }

  /** A new frame: `read` fills the pixels, BGRA without padding. */
  async take(size: PictureSize, read: (into: ArrayBuffer) => Promise<unknown>): Promise<void> {
    const { width, height } = size
    const fresh = width !== this.#size.width || height !== this.#size.height
    const into = fresh ? new Uint32Array(width * height) : this.#spare
    await read(into.buffer)
    this.#atUs = Math.round((performance.timeOrigin + performance.now()) * 1_000)
    const damage = fresh ? undefined : differing(this.#newest, into, size)
    this.#spare = fresh ? new Uint32Array(width * height) : this.#newest
    this.#newest = into
    this.#size = size
    if (fresh) this.#say({ say: 'size', width, height })
    if (damage?.length === 0) return
    for (const [capture, standing] of this.#captures) {
      standing.damage = added(standing.damage, damage)
      if (!standing.told) this.#say({ say: 'damaged', capture })
      standing.told = true
    }
  }

  /** The newest picture for a capture, with what changed since its last one. Undefined = there is none yet. */
  grab(capture: number, room: ArrayBuffer | undefined): Grabbed | undefined {
    const standing = this.#captures.get(capture)
    const { width, height } = this.#size
    if (standing === undefined || width === 0) return undefined
    const bytes = width * height * 4
    const pixels = room?.byteLength === bytes ? room : new ArrayBuffer(bytes)
    new Uint32Array(pixels).set(this.#newest)
    const damage = standing.damage ?? [{ x: 0, y: 0, width, height }]
    standing.damage = []
    standing.told = false
    return { pixels, width, height, damage, atUs: this.#atUs }
  }
}

const added = (before: readonly Rect[] | undefined, more: readonly Rect[] | undefined): readonly Rect[] | undefined =>
  before === undefined || more === undefined || before.length + more.length > MAX_RECTS ? undefined : [...before, ...more]
