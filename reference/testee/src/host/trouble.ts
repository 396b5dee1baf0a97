/** What fails in a machine because the suite wants it so. */
import type { ActionValue } from '../contract.js'

const KINDS = ['secure-keys', 'slow-keys', 'storage', 'sources', 'changed-sources', 'helper', 'links'] as const
export type TroubleKind = (typeof KINDS)[number]

/** Everything works until something is made to fail. */
export class Trouble {
  readonly #on = new Set<TroubleKind>()
  readonly #waiting = new Map<TroubleKind, (() => void)[]>()

  /** Makes something fail, or work again. Throws `RangeError` for what there is not. */
  set({ what, on }: Pick<ActionValue<'hinder'>, 'what' | 'on'>): void {
    const kind = KINDS.find(kind => kind === what)
    if (kind === undefined) throw new RangeError(`“${what}” cannot be made to fail; ${KINDS.join(', ')} can.`)
    if (!on) return void this.#on.delete(kind)
    this.#on.add(kind)
    for (const tell of this.#waiting.get(kind) ?? []) tell()
    this.#waiting.delete(kind)
  }

  /** Resolves when it begins to fail. */
  next(kind: TroubleKind): Promise<void> {
    return new Promise(resolve => this.#waiting.set(kind, [...(this.#waiting.get(kind) ?? []), resolve]))
  }

  /** It fails now. */
  is(kind: TroubleKind): boolean {
    return this.#on.has(kind)
  }
}
