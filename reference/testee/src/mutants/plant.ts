/** Plants a mutant: the text of one built file is another when it is loaded. Nothing on the disk changes. */
import { readFileSync } from 'node:fs'
import { register } from 'node:module'
import { MUTANTS } from './index.js'
import type { Mutant } from './mutant.js'

/** What the loader is told. */
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

/** Plants one. Call it before anything is imported that may have it. Throws `RangeError` if there is none of that id, `Error` if it no longer fits the code. */
export function plant(id: string): void {
  const mutant = MUTANTS.find(it => it.id === id)
  if (mutant === undefined) throw new RangeError(`There is no mutant “${id}”; --list-mutants prints those that there are.`)
  if (!fits(mutant)) throw new Error(`“${id}” no longer fits ${mutant.package}/${mutant.file}: its text does not stand there exactly once.`)
  const graft: Graft = { url: urlOf(mutant), find: mutant.find, replace: mutant.replace }
  register('./loader.js', import.meta.url, { data: graft })
}
