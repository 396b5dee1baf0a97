/** Chat, and pointing and drawing on the picture. */
import { type Chat as ChatLine, type Clear, type LaserPointer, RefusalReason, type Stroke } from '@remote-assist/codec'
import { AssistError } from '../errors.js'
import type { ToCustomer } from './joiner.js'

export type { ChatLine }

/** Most bytes of a line of chat. */
const MAX_CHAT_BYTES = 4_096
/** Most points in one message of a stroke. */
const MAX_POINTS = 512

/** Chat at an agent or viewer: what is said reaches everybody who may chat. */
export class Chat {
  #nextLine = 1
  readonly #to: ToCustomer

  constructor(to: ToCustomer) {
    this.#to = to
  }

  /** Says something to everybody who may chat; the event `chat` brings it back, stamped. Throws `E_LIMIT` beyond 4,096 bytes, and beyond 10 lines in a second. */
  say(text: string): void {
    if (text === '') return
    if (new TextEncoder().encode(text).length > MAX_CHAT_BYTES)
      throw new AssistError('E_LIMIT', 'The line is too long (4,096 bytes).', { hint: 'Send it in parts.' })
    const open = this.#to.customer?.channels.chat.phase === 'open'
    this.#to.call('chat', { type: 'local.say', id: this.#nextLine++, text }, open ? RefusalReason.LIMIT : RefusalReason.NOT_ACTIVE)
  }
}

/** A place in a screen's native pixels. */
export interface Point {
  readonly x: number
  readonly y: number
}

/** How a stroke looks. */
export interface StrokeStyle {
  /** 0xRRGGBB. Default 0xff3b30. */
  readonly colour?: number
  /** Native pixels, 1–64. Default 4. */
  readonly width?: number
  /** Ms until it fades, 1,000–600,000. Default 10,000. */
  readonly ttlMs?: number
}

/** A line under way. */
export interface GrowingStroke {
  readonly strokeId: number
  extend(points: readonly Point[]): void
}

/** What an agent draws. It never is input: the customer's desktop does not feel it. */
export class Annotations {
  #nextStroke = 1
  readonly #to: ToCustomer

  constructor(to: ToCustomer) {
    this.#to = to
  }

  /** Points with the laser; undefined puts it away. */
  point(screenId: number, place: Point | undefined): void {
    const { x, y } = place ?? { x: 0, y: 0 }
    this.#to.call('annotation', { type: 'local.point', laser: { from: 0, screenId, x: Math.round(x), y: Math.round(y), visible: place !== undefined } })
  }

  /** Draws a line. */
  draw(screenId: number, points: readonly Point[], style: StrokeStyle = {}): void {
    this.stroke(screenId, style).extend(points)
  }

  /** Begins a line that grows while it is drawn: `extend` adds points to its end. `strokeId` tells it from the others of this agent. */
  stroke(screenId: number, { colour = 0xff3b30, width = 4, ttlMs = 10_000 }: StrokeStyle = {}): GrowingStroke {
    const strokeId = this.#nextStroke++
    return {
      strokeId,
      extend: points => {
        for (let at = 0; at < points.length; at += MAX_POINTS) {
          const flat = points.slice(at, at + MAX_POINTS).flatMap(({ x, y }) => [Math.round(x), Math.round(y)])
          this.#to.call('annotation', { type: 'local.draw', stroke: { from: 0, screenId, strokeId, points: flat, colour, width, ttlMs } })
        }
      },
    }
  }

  /** Wipes everything that this agent drew. */
  clear(): void {
    this.#to.call('annotation', { type: 'local.wipe', clear: { from: 0 } })
  }
}

/** Something on the picture: draw it, or take it away. */
export type Annotation =
  | { readonly do: 'point'; readonly laser: LaserPointer }
  | { readonly do: 'rest'; readonly from: number }
  | { readonly do: 'draw'; readonly stroke: Stroke }
  | { readonly do: 'fade'; readonly from: number; readonly strokeId: number }
  /** `from` 0 = everybody's. */
  | { readonly do: 'clear'; readonly clear: Clear }

type Received =
  | { readonly $case: 'laserPointer'; readonly value: LaserPointer }
  | { readonly $case: 'stroke'; readonly value: Stroke }
  | { readonly $case: 'clear'; readonly value: Clear }

/** A message of the channel as what it means for the picture. */
export function annotationOf(message: Received): Annotation {
  switch (message.$case) {
    case 'laserPointer':
      return { do: 'point', laser: message.value }
    case 'stroke':
      return { do: 'draw', stroke: message.value }
    case 'clear':
      return { do: 'clear', clear: message.value }
  }
}
