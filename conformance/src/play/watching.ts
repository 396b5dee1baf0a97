import { Canvas, coloursOf, type Piece, VAGUE } from './canvas.js'
import type { Fields } from './player.js'

/**
 * What somebody who looks at a customer's screens is shown: frames are composed, and held against the rules for them. What breaks one is written down under the
 * requirement's id; the first time counts. A frame that cannot be composed leaves the picture as it was.
 */

interface Part {
  readonly screenId: number
  readonly frameId: number
  readonly baseFrameId: number
  readonly part: number
  readonly last: boolean
  readonly capturedAtUs: bigint
  readonly width: number
  readonly height: number
  readonly rects: readonly Piece[]
}

interface Screen {
  canvas: Canvas | undefined
  /** The frame that came last, whole; 0 = none of this subscription. */
  newest: number
  /** Parts of the one that is coming. */
  parts: Part[]
  capturedAtUs: bigint
  /** What a decoder of video has its state of, as codec and size; undefined = it has none. */
  film: string | undefined
}

/** Codecs whose pictures build on those before. */
const VIDEO: ReadonlySet<string> = new Set(['VP8', 'VP9', 'H264', 'AV1'])

export class Watching {
  /** What broke a requirement, by its id. */
  readonly broken: Record<string, string> = {}
  readonly #screens = new Map<number, Screen>()
  /** Bytes of each frame that was not acknowledged, by `screen/frame`. */
  readonly #waiting = new Map<string, number>()
  readonly #cursors = new Set<number>()
  #frames = 0
  #mostWaiting = 0

  /** The picture of a screen, once there is one. */
  picture(screenId: number): Canvas | undefined {
    return this.#screens.get(screenId)?.canvas
  }

  /** What is known of it: whole frames, the most bytes that were not acknowledged when a frame began, and what was broken. */
  get facts(): Fields {
    return { frames: this.#frames, mostWaiting: this.#mostWaiting, broken: this.broken }
  }

  /** The line is over: on the next one everything is sent anew. */
  reset(): void {
    this.#screens.clear()
    this.#waiting.clear()
    this.#cursors.clear()
  }

  /** A message of MEDIA of so many bytes. */
  frame(fields: Fields, bytes: number): void {
    const part = partOf(fields)
    const screen = this.#screen(part.screenId)
    // A frame that was given up, for a pause or another subscription, has no end.
    if (screen.parts[0]?.frameId !== part.frameId) screen.parts = []
    if (screen.parts.length === 0) this.#begins(screen, part)
    if (part.part !== screen.parts.length)
      this.#broke('RA-SCR-031', `part ${part.part} of frame ${part.frameId} came where part ${screen.parts.length} was due`)
    const key = `${part.screenId}/${part.frameId}`
    this.#waiting.set(key, (this.#waiting.get(key) ?? 0) + bytes)
    screen.parts.push(part)
    if (!part.last) return
    const parts = screen.parts
    screen.parts = []
    this.#frames++
    screen.newest = part.frameId
    this.#compose(screen, parts)
  }

  /** Everything up to a frame of a screen was acknowledged. */
  acknowledged(screenId: number, frameId: number): void {
    for (const key of [...this.#waiting.keys()]) {
      const [screen, frame] = key.split('/').map(Number)
      if (screen === screenId && (frame ?? 0) <= frameId) this.#waiting.delete(key)
    }
  }

  /** A message of SCREEN. */
  hear(name: string, fields: Fields): void {
    if (name === 'subscription' && String(fields.state).endsWith('STARTED')) this.#screens.delete(Number(fields.screenId))
    else if (name === 'cursorShape') this.#cursors.add(Number(fields.cursorId))
    else if (name === 'cursorUse' && !this.#cursors.has(Number(fields.cursorId)))
      this.#broke('RA-SCR-071', `the pointer ${fields.cursorId} was used before it was sent`)
  }

  #screen(screenId: number): Screen {
    const known = this.#screens.get(screenId)
    if (known !== undefined) return known
    const screen: Screen = { canvas: undefined, newest: 0, parts: [], capturedAtUs: 0n, film: undefined }
    this.#screens.set(screenId, screen)
    return screen
  }

  #begins(screen: Screen, { baseFrameId, capturedAtUs, frameId }: Part): void {
    const waiting = [...this.#waiting.values()].reduce((sum, some) => sum + some, 0)
    this.#mostWaiting = Math.max(this.#mostWaiting, waiting)
    if (frameId <= screen.newest) this.#broke('RA-SCR-032', `frame ${frameId} came after frame ${screen.newest}`)
    if (baseFrameId !== 0 && baseFrameId !== screen.newest)
      this.#broke('RA-SCR-033', `frame ${frameId} changes frame ${baseFrameId}, and ${screen.newest} came last`)
    if (capturedAtUs < screen.capturedAtUs) this.#broke('RA-SCR-046', `frame ${frameId} was read at ${capturedAtUs}, before the one before it`)
    screen.capturedAtUs = capturedAtUs
  }

  #compose(screen: Screen, parts: readonly Part[]): void {
    const { baseFrameId, frameId, height, width } = parts[0] as Part
    const base = screen.canvas
    const canvas = new Canvas(width, height)
    if (baseFrameId !== 0 && base?.width === width && base.height === height) canvas.pixels.set(base.pixels)
    if (baseFrameId === 0 && !parts.some(isFilm)) screen.film = undefined
    if (parts.some(isFilm)) return this.#project(screen, parts, canvas)
    let copies = true
    for (const piece of parts.flatMap(({ rects }) => rects)) {
      const place = `${piece.width}×${piece.height} at ${piece.x}, ${piece.y} of frame ${frameId}`
      if (!canvas.holds(piece.x, piece.y, piece.width, piece.height)) return this.#broke('RA-SCR-036', `${place} is not within ${width}×${height}`)
      if (piece.codec !== 'COPY') copies = false
      else if (!copies) this.#broke('RA-SCR-037', `a copy, ${place}, came after others`)
      const colours = this.#coloursOf(piece, baseFrameId === 0 ? undefined : base, place)
      if (colours === undefined) return
      canvas.fill(piece, colours)
    }
    const left = canvas.unpainted
    if (baseFrameId === 0 && left > 0) this.#broke('RA-SCR-034', `the key frame ${frameId} leaves out ${left} of ${width * height} pixels`)
    screen.canvas = canvas
  }

  /** A frame of video: nobody works out its colours here, but what it is and what it builds on. */
  #project(screen: Screen, parts: readonly Part[], canvas: Canvas): void {
    const { baseFrameId, frameId, height, width, rects } = parts[0] as Part
    const codec = rects[0]?.codec ?? 'nothing'
    const fits = (piece: Piece) => piece.codec === codec && piece.x === 0 && piece.y === 0 && piece.width === width && piece.height === height
    if (!parts.every(part => part.rects.length === 1 && part.rects.every(fits)))
      return this.#broke('RA-SCR-081', `frame ${frameId} has video beside something else, twice in a part, or of less than ${width}×${height}`)
    const film = `${codec} ${width}×${height}`
    if (baseFrameId !== 0 && screen.film !== film)
      this.#broke('RA-SCR-085', `frame ${frameId} is a change in ${film}, and frame ${baseFrameId} left ${screen.film ?? 'no picture'} to build on`)
    screen.film = film
    canvas.fill({ x: 0, y: 0, width, height }, VAGUE)
    screen.canvas = canvas
  }

  #coloursOf(piece: Piece, base: Canvas | undefined, place: string): Int32Array | number | undefined {
    if (piece.codec === 'COPY') {
      const { copyFromX, copyFromY, height, width } = piece
      if (base?.holds(copyFromX, copyFromY, width, height) === true) return base.cut(copyFromX, copyFromY, width, height)
      this.#broke('RA-SCR-038', `${place} is copied from ${copyFromX}, ${copyFromY}, where there is no such image`)
      return undefined
    }
    try {
      return coloursOf(piece)
    } catch (error) {
      this.#broke(piece.codec === 'RAW' ? 'RA-SCR-054' : 'RA-SCR-035', `${piece.codec}, ${place}: ${error instanceof Error ? error.message : String(error)}`)
      return undefined
    }
  }

  #broke(requirement: string, how: string): void {
    this.broken[requirement] ??= how
  }
}

const isFilm = ({ rects }: Part): boolean => rects.some(({ codec }) => VIDEO.has(codec))

const codecOf = (name: unknown): string => String(name).replace(/^PICTURE_CODEC_/, '')

function partOf(fields: Fields): Part {
  const { baseFrameId, capturedAtUs, frameId, height, last, part, rects, screenId, width } = fields
  return {
    screenId: Number(screenId),
    frameId: Number(frameId),
    baseFrameId: Number(baseFrameId),
    part: Number(part),
    last: last === true,
    capturedAtUs: BigInt(String(capturedAtUs)),
    width: Number(width),
    height: Number(height),
    rects: ((rects ?? []) as readonly Fields[]).map(rect => ({
      x: Number(rect.x),
      y: Number(rect.y),
      width: Number(rect.width),
      height: Number(rect.height),
      codec: codecOf(rect.codec),
      data: rect.data as Uint8Array,
      copyFromX: Number(rect.copyFromX),
      copyFromY: Number(rect.copyFromY),
    })),
  }
}
