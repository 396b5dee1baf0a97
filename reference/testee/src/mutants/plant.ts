/** Plants mutants: the text of one built file is another when it is loaded. Nothing on the disk changes. */
import { readFileSync } from 'node:fs'
import { register } from 'node:module'
import type { Answer } from '../contract.js'
import { platform } from '../platform.js'
import type { Answering } from '../testee.js'
import { MUTANTS } from './index.js'
import type { Mutant } from './mutant.js'

/** What the loader is told of a mutant. */
export interface Graft {
  /** URL of the file. */
  readonly url: string
  readonly find: string
  readonly replace: string
}

/** Where a mutant's file is. */
export const urlOf = ({ package: name, file }: Pick<Mutant, 'package' | 'file'>): string => new URL(file, import.meta.resolve(`@remote-assist/${name}`)).href

/** Whether the text of a mutant stands in its file exactly once. */
export const fits = (mutant: Mutant): boolean => readFileSync(new URL(urlOf(mutant)), 'utf8').split(mutant.find).length === 2

/** Makes testees with faults. */
export class Nursery {
  readonly #sound = new Map<string, Promise<unknown>>()

  constructor() {
    const grafts = new Map(MUTANTS.map(mutant => [mutant.id, { url: urlOf(mutant), find: mutant.find, replace: mutant.replace } satisfies Graft]))
    register('./loader.js', import.meta.url, { data: grafts })
  }

  /** A testee with this fault in whatever it plays. Rejects with `RangeError` if there is none of that id, with `Error` if it no longer fits the code. */
  async testee(id: string, send: (answer: Answer) => void): Promise<Answering> {
    const mutant = MUTANTS.find(it => it.id === id)
    if (mutant === undefined) throw new RangeError(`There is no mutant “${id}”; --list-mutants prints those that there are.`)
    if (!fits(mutant)) throw new Error(`“${id}” no longer fits ${mutant.package}/${mutant.file}: its text does not stand there exactly once.`)
    await this.#warm(mutant.role)
    const { Testee } = (await import(`../testee.js?mutant=${id}`)) as typeof import('../testee.js')
    return new Testee(send, platform)
  }
  /** Loads what the mutants of a role have in common, so that of each only what differs has to be loaded later. */
  #warm(role: string): Promise<unknown> {
    const loaded = this.#sound.get(role) ?? import(`../roles/${role}.js?mutant=sound`)
    this.#sound.set(role, loaded)
    return loaded
  }
}
