/** Monitors in memory: black until something is painted. */
import { type Capture, HostError, type Image, type Mask, type Rect, type ScreenHost, type ScreenInfo, type Snapshot } from '@remote-assist/peer'
import { encodeRect } from '@remote-assist/peer/node'
import type { Screen } from '../contract.js'

/** A rectangle to paint, and its colour, 0xRRGGBB. */
export interface Painted extends Rect {
  readonly screenId: number
  readonly colour: number
}

type CursorListener = Parameters<ScreenHost['onCursor']>[0]

interface Looking {
  readonly screenId: number
  readonly damaged: () => void
  damage: Rect[]
}

const POINTER_EDGE = 8
const POINTER = {
  hotspotX: 0,
  hotspotY: 0,
  image: { width: POINTER_EDGE, height: POINTER_EDGE, stride: POINTER_EDGE * 4, data: new Uint8Array(POINTER_EDGE * POINTER_EDGE * 4).fill(255) },
}

/** The one monitor of a desktop that was told of none. */
const ONLY_SCREEN = { id: 1, x: 0, y: 0, width: 64, height: 48, primary: true }

/** The monitors of a desktop. */
export class Screens implements ScreenHost {
  readonly encoder = { encode: encodeRect }
  #list: readonly ScreenInfo[] = []
  #masks: readonly Mask[] = []
  #pointer = { screenId: 0, x: 0, y: 0 }
  readonly #images = new Map<number, Image>()
  readonly #looking = new Set<Looking>()
  readonly #onChange = new Set<(screens: readonly ScreenInfo[]) => void>()
  readonly #onCursor = new Set<CursorListener>()
  readonly #onMasks = new Set<(masks: readonly Mask[]) => void>()

  constructor(screens: readonly Screen[]) {
    this.#arrange(screens.length === 0 ? [ONLY_SCREEN] : screens)
  }

  list(): readonly ScreenInfo[] {
    return this.#list
  }

  onChange(listener: (screens: readonly ScreenInfo[]) => void): () => void {
    return added(this.#onChange, listener)
  }

  onCursor(listener: CursorListener): () => void {
    listener({ shape: POINTER, position: this.#pointer })
    return added(this.#onCursor, listener)
  }

  onMasks(listener: (masks: readonly Mask[]) => void): () => void {
    listener(this.#masks)
    return added(this.#onMasks, listener)
  }

  async capture(screenId: number, damaged: () => void): Promise<Capture> {
    const { width, height } = this.#image(screenId)
    const looking: Looking = { screenId, damaged, damage: [{ x: 0, y: 0, width, height }] }
    this.#looking.add(looking)
    return {
      grab: async (): Promise<Snapshot> => {
        const image = this.#image(screenId)
        const { damage } = looking
        looking.damage = []
        return { image: { ...image, data: image.data.slice() }, damage, capturedAtUs: Math.round(performance.now() * 1_000) }
      },
      stop: () => void this.#looking.delete(looking),
    }
  }

  /** Monitors are what they are from now on. One that keeps its id and size keeps its pixels. */
  change(screens: readonly Screen[]): void {
    this.#arrange(screens)
    for (const listener of this.#onChange) listener(this.#list)
  }

  /** Paints a rectangle; what reaches beyond the screen is lost. Throws `HostError` `E_SCREEN_GONE` if there is no such screen. */
  paint({ screenId, colour, ...rect }: Painted): void {
    const { width, height, stride, data } = this.#image(screenId)
    const right = Math.min(width, rect.x + rect.width)
    const bottom = Math.min(height, rect.y + rect.height)
    if (right <= rect.x || bottom <= rect.y) return
    const pixel = [colour & 0xff, (colour >> 8) & 0xff, (colour >> 16) & 0xff, 0xff]
    for (let y = rect.y; y < bottom; y++) for (let x = rect.x; x < right; x++) data.set(pixel, y * stride + x * 4)
    for (const looking of this.#looking) {
      if (looking.screenId !== screenId) continue
      looking.damage.push({ x: rect.x, y: rect.y, width: right - rect.x, height: bottom - rect.y })
      looking.damaged()
    }
  }

  /** Nobody may see these regions from now on; the whole list. */
  mask(masks: readonly Mask[]): void {
    this.#masks = masks
    for (const listener of this.#onMasks) listener(masks)
  }

  /** The pointer is there now, whoever moved it. */
  point(screenId: number, x: number, y: number): void {
    this.#pointer = { screenId, x, y }
    for (const listener of this.#onCursor) listener({ position: this.#pointer })
  }

  #arrange(screens: readonly Pick<Screen, 'id' | 'x' | 'y' | 'width' | 'height' | 'primary'>[]): void {
    const before = new Map(this.#images)
    this.#images.clear()
    for (const { id, width, height } of screens) {
      const kept = before.get(id)
      this.#images.set(id, kept?.width === width && kept.height === height ? kept : black(width, height))
    }
    this.#list = screens.map(({ id, x, y, width, height, primary }) => ({
      ...{ id, name: `Screen ${id}`, x, y, width, height, primary },
      scalePercent: 100,
      rotation: 0,
    }))
    if (!this.#images.has(this.#pointer.screenId)) this.#pointer = { screenId: this.#list.find(({ primary }) => primary)?.id ?? 0, x: 0, y: 0 }
  }

  #image(screenId: number): Image {
    const image = this.#images.get(screenId)
    if (image === undefined) throw new HostError('E_SCREEN_GONE', `There is no screen ${screenId}.`)
    return image
  }
}

const black = (width: number, height: number): Image => {
  const data = new Uint8Array(width * height * 4)
  for (let alpha = 3; alpha < data.length; alpha += 4) data[alpha] = 255
  return { width, height, stride: width * 4, data }
}

/** Adds a listener; the function that is returned takes it away. */
export function added<T>(listeners: Set<T>, listener: T): () => void {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}
