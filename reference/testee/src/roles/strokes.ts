/** What is drawn on the picture at the moment. */
import type { Annotation } from '@remote-assist/peer'

/** Strokes on show, each with its points so far. */
export class Strokes {
  readonly #points = new Map<string, number>()

  /** Something was drawn, faded or was wiped. */
  take(annotation: Annotation): void {
    if (annotation.do === 'draw') {
      const { from, strokeId, points } = annotation.stroke
      const key = `${from}:${strokeId}`
      this.#points.set(key, (this.#points.get(key) ?? 0) + points.length / 2)
    } else if (annotation.do === 'fade') this.#points.delete(`${annotation.from}:${annotation.strokeId}`)
    else if (annotation.do === 'clear') this.#wipe(annotation.clear.from)
  }

  /** Points of all strokes. */
  get points(): number {
    return [...this.#points.values()].reduce((sum, points) => sum + points, 0)
  }

  #wipe(from: number): void {
    for (const key of [...this.#points.keys()]) if (from === 0 || key.startsWith(`${from}:`)) this.#points.delete(key)
  }
}
