/** What fails in a machine because the suite wants it so. */
import type { ActionValue } from '../contract.js'

const KINDS = ['secure-keys', 'slow-keys', 'storage', 'sources', 'changed-sources'] as const
export type TroubleKind = (typeof KINDS)[number]

/** Everything works until something is made to fail. */
export class Trouble {
  readonly #on = new Set<string>()

  /** Makes something fail, or work again. Throws `RangeError` for what there is not. */
  set({ what, on }: Pick<ActionValue<'hinder'>, 'what' | 'on'>): void {
    if (!KINDS.some(kind => kind === what)) throw new RangeError(`“${what}” cannot be made to fail; ${KINDS.join(', ')} can.`)
    if (on) this.#on.add(what)
    else this.#on.delete(what)
  }

  /** It fails now. */
  is(kind: TroubleKind): boolean {
    return this.#on.has(kind)
  }
}
