/** Who imports whom. */
export class Dependents {
  readonly #importers = new Map<string, Set<string>>()

  /** Learns that one file imports another. */
  add(importer: string, imported: string): void {
    this.#of(importer)
    this.#of(imported).add(importer)
  }

  /** Whether it knows of this file. */
  has(file: string): boolean {
    return this.#importers.has(file)
  }

  /** This file and everything that depends on it, over however many others. */
  on(file: string): ReadonlySet<string> {
    const found = new Set([file])
    for (const one of found) for (const importer of this.#importers.get(one) ?? []) found.add(importer)
    return found
  }

  #of(file: string): Set<string> {
    const importers = this.#importers.get(file) ?? new Set()
    this.#importers.set(file, importers)
    return importers
  }
}
