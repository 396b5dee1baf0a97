/** What a case did to the desktop of a customer under test: what is painted there, and what nobody may see of it. */
import { type Canvas, UNPAINTED, VAGUE } from '../play/canvas.js'

interface Area {
  readonly screen: number
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

interface Paint extends Area {
  /** 0xRRGGBB. */
  readonly colour: number
}

export class Desktop {
  #painted: readonly Paint[] = []
  #masks: readonly Area[] = []

  /** An action of the adapter's contract was done. Those that paint nothing change nothing. */
  did(action: Readonly<Record<string, unknown>>): void {
    const { paint, setMasks } = action as { paint?: Partial<Paint>; setMasks?: { regions?: readonly Partial<Area>[] } }
    if (paint !== undefined) this.#painted = [...this.#painted, { colour: 0, ...placed(paint) }]
    if (setMasks !== undefined) this.#masks = (setMasks.regions ?? []).map(placed)
  }

  /** Where a picture of the screen in its own size is not as the desktop; undefined = nowhere. What was never painted, or came in a codec that is not exact, may be anything. */
  misfit(screen: number, picture: Canvas): string | undefined {
    const wanted = this.#wanted(screen, picture)
    for (let y = 0; y < picture.height; y++)
      for (let x = 0; x < picture.width; x++) {
        const [colour, hidden] = [wanted.colours[y * picture.width + x] ?? UNPAINTED, wanted.hidden[y * picture.width + x] === 1]
        const seen = picture.at(x, y)
        if (colour === UNPAINTED || seen === VAGUE || (seen === colour) !== hidden) continue
        return hidden ? `the pixel ${x}, ${y} is ${named(seen)}, as painted, and is masked` : `the pixel ${x}, ${y} is ${named(seen)}, not ${named(colour)}`
      }
    return undefined
  }

  #wanted(screen: number, { width, height }: Canvas): { readonly colours: Int32Array; readonly hidden: Uint8Array } {
    const colours = new Int32Array(width * height).fill(UNPAINTED)
    const hidden = new Uint8Array(width * height)
    const mark = (area: Area, to: Int32Array | Uint8Array, value: number): void => {
      const right = Math.min(width, area.x + area.width)
      for (let y = area.y; y < Math.min(height, area.y + area.height); y++) if (right > area.x) to.fill(value, y * width + area.x, y * width + right)
    }
    for (const paint of this.#painted) if (paint.screen === screen) mark(paint, colours, paint.colour)
    for (const mask of this.#masks) if (mask.screen === screen) mark(mask, hidden, 1)
    return { colours, hidden }
  }
}

const placed = <T extends Partial<Area>>(area: T): T & Area => ({ screen: 0, x: 0, y: 0, width: 0, height: 0, ...area })
const named = (colour: number): string => (colour < 0 ? 'unpainted' : `#${colour.toString(16).padStart(6, '0')}`)
