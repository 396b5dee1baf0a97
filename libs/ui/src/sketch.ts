import type { Annotation } from '@remote-assist/peer'

/** A line, in native pixels. */
export interface Line {
  readonly from: number
  readonly screenId: number
  readonly points: readonly { readonly x: number; readonly y: number }[]
  /** 0xRRGGBB. */
  readonly colour: number
  readonly width: number
}

/** Where somebody points, in native pixels. */
export interface Spot {
  readonly from: number
  readonly screenId: number
  readonly x: number
  readonly y: number
}

/** What agents draw and point at, as it is to be seen now. */
export class Sketch {
  readonly #lines = new Map<string, Line>()
  readonly #spots = new Map<number, Spot>()

  /** Lines, oldest first. */
  get lines(): readonly Line[] {
    return [...this.#lines.values()]
  }

  get spots(): readonly Spot[] {
    return [...this.#spots.values()]
  }

  get empty(): boolean {
    return this.#lines.size === 0 && this.#spots.size === 0
  }

  /** Something was drawn, or went. */
  hear(annotation: Annotation): void {
    switch (annotation.do) {
      case 'point': {
        const { from, screenId, x, y, visible } = annotation.laser
        return visible ? void this.#spots.set(from, { from, screenId, x, y }) : void this.#spots.delete(from)
      }
      case 'rest':
        return void this.#spots.delete(annotation.from)
      case 'draw': {
        const { from, screenId, strokeId, points, colour, width } = annotation.stroke
        const key = `${from}:${strokeId}`
        this.#lines.set(key, { from, screenId, colour, width, points: [...(this.#lines.get(key)?.points ?? []), ...paired(points)] })
        return
      }
      case 'fade':
        return void this.#lines.delete(`${annotation.from}:${annotation.strokeId}`)
      case 'clear':
        return this.#wipe(annotation.clear.from)
    }
  }

  /** Keeps what these people drew, and nothing else (RA-ANN-007). Whether something went. */
  keep(people: ReadonlySet<number>): boolean {
    const others = new Set([...this.lines, ...this.spots].map(({ from }) => from).filter(from => !people.has(from)))
    for (const from of others) this.#wipe(from)
    return others.size > 0
  }

  #wipe(from: number): void {
    for (const [key, line] of this.#lines) if (from === 0 || line.from === from) this.#lines.delete(key)
    if (from === 0) this.#spots.clear()
    else this.#spots.delete(from)
  }
}

const paired = (flat: readonly number[]): Line['points'] =>
  Array.from({ length: Math.floor(flat.length / 2) }, (_, i) => ({ x: flat[2 * i] as number, y: flat[2 * i + 1] as number }))
