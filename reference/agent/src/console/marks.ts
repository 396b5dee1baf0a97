/** What people draw on the picture, and where they point: above the canvas, and never part of it. */
import type { Annotation, Point } from '@remote-assist/peer'
import type { Placement, Size } from './geometry.js'

const SVG = 'http://www.w3.org/2000/svg'

/** This end among the authors. */
const OWN = 0

/** Who points, by number: who it is shows beside the point. */
export type NameOf = (participant: number) => string

interface Drawn {
  readonly line: SVGPolylineElement
  readonly screenId: number
}

interface Pointing {
  readonly mark: SVGGElement
  readonly screenId: number
}

const svg = <N extends keyof SVGElementTagNameMap>(document: Document, name: N): SVGElementTagNameMap[N] => document.createElementNS(SVG, name)

const coordinates = (points: readonly number[]): string => points.map((value, i) => (i % 2 === 0 ? `${value},` : `${value} `)).join('')

export class Marks {
  readonly element: SVGSVGElement
  readonly #document: Document
  readonly #nameOf: NameOf
  readonly #strokes = new Map<string, Drawn>()
  readonly #points = new Map<number, Pointing>()
  #scale = 1
  /** The screen that is shown: what is on others is hidden. */
  #shown: number | undefined

  constructor(document: Document, nameOf: NameOf) {
    this.#document = document
    this.#nameOf = nameOf
    this.element = svg(document, 'svg')
    this.element.classList.add('marks')
    this.element.setAttribute('aria-hidden', 'true')
  }

  /** Takes what another agent drew, or word of what fades. */
  hear(annotation: Annotation): void {
    switch (annotation.do) {
      case 'point': {
        const { from, screenId, x, y, visible } = annotation.laser
        return visible ? this.point(from, screenId, { x, y }) : this.#rest(from)
      }
      case 'rest':
        return this.#rest(annotation.from)
      case 'draw': {
        const { from, screenId, strokeId, points, colour, width } = annotation.stroke
        return this.draw(from, screenId, strokeId, points, { colour, width })
      }
      case 'fade':
        return this.#fade(annotation.from, annotation.strokeId)
      case 'clear':
        return this.clear(annotation.clear.from)
    }
  }

  /** Adds points (x and y in turn) to the end of a line. */
  draw(
    from: number,
    screenId: number,
    strokeId: number,
    points: readonly number[],
    { colour, width }: { readonly colour: number; readonly width: number },
  ): void {
    const key = `${from}/${strokeId}`
    const known = this.#strokes.get(key)
    const line = known?.line ?? svg(this.#document, 'polyline')
    line.setAttribute('points', (line.getAttribute('points') ?? '') + coordinates(points))
    if (known !== undefined) return
    line.setAttribute('stroke', `#${colour.toString(16).padStart(6, '0')}`)
    line.setAttribute('stroke-width', String(width))
    this.#putOn(line, screenId)
    this.element.append(line)
    this.#strokes.set(key, { line, screenId })
  }

  /** Points at a place. */
  point(from: number, screenId: number, { x, y }: Point): void {
    const mark = this.#points.get(from)?.mark ?? this.#newPoint(from)
    this.#putOn(mark, screenId)
    mark.setAttribute('transform', `translate(${x} ${y}) scale(${1 / this.#scale})`)
    this.#points.set(from, { mark, screenId })
  }

  /** Wipes what one author drew; 0 = everybody's, unless `own` says that it is this end's alone. */
  clear(from: number, own = false): void {
    for (const [key, { line }] of this.#strokes) {
      if (!(from === OWN && !own) && !key.startsWith(`${from}/`)) continue
      line.remove()
      this.#strokes.delete(key)
    }
  }

  /** Lies on the picture of `screenId`. */
  place(screenId: number | undefined, { x, y, scale }: Placement, { width, height }: Size): void {
    const { style } = this.element
    this.#scale = scale
    this.#shown = screenId
    this.element.setAttribute('viewBox', `0 0 ${width} ${height}`)
    style.left = `${x}px`
    style.top = `${y}px`
    style.width = `${width * scale}px`
    style.height = `${height * scale}px`
    for (const mark of this.element.children) this.#hideElsewhere(mark as SVGElement)
  }

  /** A mark shows on its own screen alone. */
  #putOn(mark: SVGElement, screenId: number): void {
    mark.dataset.screen = String(screenId)
    this.#hideElsewhere(mark)
  }

  #hideElsewhere(mark: SVGElement): void {
    mark.toggleAttribute('hidden', mark.dataset.screen !== String(this.#shown))
  }

  #newPoint(from: number): SVGGElement {
    const mark = svg(this.#document, 'g')
    mark.classList.add('laser')
    const dot = svg(this.#document, 'circle')
    dot.setAttribute('r', '7')
    mark.append(dot)
    if (from !== OWN) {
      const name = svg(this.#document, 'text')
      name.setAttribute('x', '13')
      name.setAttribute('y', '4')
      name.textContent = this.#nameOf(from)
      mark.append(name)
    }
    this.element.append(mark)
    return mark
  }

  #rest(from: number): void {
    this.#points.get(from)?.mark.remove()
    this.#points.delete(from)
  }

  #fade(from: number, strokeId: number): void {
    const key = `${from}/${strokeId}`
    const line = this.#strokes.get(key)?.line
    this.#strokes.delete(key)
    if (line === undefined) return
    // Without motion there is no transition to wait for.
    line.addEventListener('transitionend', () => line.remove())
    line.classList.add('fading')
    if (getComputedStyle(line).transitionDuration === '0s') line.remove()
  }
}
