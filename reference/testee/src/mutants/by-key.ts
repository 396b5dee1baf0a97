/** One process that is every mutant in turn: a role has the fault that its key begins with, as in `consent-bypass!case@1`. */
import type { Answer, Command } from '../contract.js'
import { platform } from '../platform.js'
import { type Answering, Testee } from '../testee.js'
import { Nursery } from './plant.js'

/** Ends the id of a mutant in a key. */
const MARK = '!'

/** Answers the suite, in the name of whichever mutant a command is for; what is for none is answered by a testee without a fault. */
export class MutantsByKey implements Answering {
  readonly #nursery = new Nursery()
  readonly #sound: Testee
  readonly #mutants = new Map<string, Promise<Answering>>()

  constructor(readonly send: (answer: Answer) => void) {
    this.#sound = new Testee(send, platform)
  }

  async take(command: Command): Promise<void> {
    const { key, kind, seq } = command
    if (kind.case === 'shutdown') await this.close()
    try {
      await (await this.#at(key)).take(command)
    } catch (error) {
      this.send({ reSeq: seq, key, kind: { case: 'result', value: { ok: false, error: 'failed', text: String(error) } } })
    }
  }

  async close(): Promise<void> {
    await Promise.allSettled([...this.#mutants.values()].map(async mutant => (await mutant).close()))
  }

  #at(key: string): Promise<Answering> {
    if (!key.includes(MARK)) return Promise.resolve(this.#sound)
    const [id = ''] = key.split(MARK)
    const mutant = this.#mutants.get(id) ?? this.#nursery.testee(id, this.send)
    this.#mutants.set(id, mutant)
    return mutant
  }
}
