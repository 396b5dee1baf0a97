/** What nobody may see, as the host and the application say; painted over in the pictures, and told to everybody who may see. */
import type { MaskedRegions } from '@remote-assist/codec'
import type { Mask, ScreenHost } from '../host.js'
import { type Masked, maskedOf } from '../pictures/masks.js'
import { EMPTY, type Region } from '../pictures/region.js'

/** What masks tell. */
export interface MasksOwner {
  /** The masks are others than before: pictures are painted with them from now on. */
  changed(regions: MaskedRegions): void
}

export class Masks {
  readonly #screens: ScreenHost
  readonly #owner: MasksOwner
  readonly #stop: () => void
  #ofHost: readonly Mask[] = []
  #ofApplication: readonly Mask[] = []
  #masked: Masked = new Map()
  #told: MaskedRegions | undefined

  constructor(screens: ScreenHost, owner: MasksOwner) {
    this.#screens = screens
    this.#owner = owner
    this.#stop =
      screens.onMasks?.(masks => {
        this.#ofHost = masks
        this.refresh()
      }) ?? (() => undefined)
  }

  /** The masked regions as they were told last; undefined if there never were any. */
  get current(): MaskedRegions | undefined {
    return this.#told
  }

  /** The masked region of a screen, the same object until it changes. */
  of(screenId: number): Region {
    return this.#masked.get(screenId) ?? EMPTY
  }

  /** What the application masks from now on, in the place of what it masked before. */
  set(masks: readonly Mask[]): void {
    this.#ofApplication = masks
    this.refresh()
  }

  /** Applies the masks to the screens as they are now. */
  refresh(): void {
    const masked = maskedOf([...this.#ofHost, ...this.#ofApplication], this.#screens.list())
    const regions = { regions: [...masked].flatMap(([screenId, region]) => region.map(rect => ({ screenId, ...rect }))) }
    if (JSON.stringify(regions) === JSON.stringify(this.#told ?? { regions: [] })) return
    this.#masked = masked
    this.#told = regions
    this.#owner.changed(regions)
  }

  /** No word follows. */
  stop(): void {
    this.#stop()
  }
}
