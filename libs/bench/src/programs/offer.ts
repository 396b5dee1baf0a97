/** What a program says to its parent: where it is reached, and, each time it has done what it was asked, how much CPU time it has used and what came of it. */
export type Said = { readonly url: string; readonly grpcUrl?: string | undefined } | Answer

/** What the parent asks; its number comes back with the answer. */
export interface Question {
  readonly question: number
  readonly work: unknown
}

export interface Answer {
  readonly question: number
  /** CPU time that the program has used so far, in microseconds. */
  readonly cpuUs: number
  readonly result?: unknown
}

/**
 * Tells the parent where this program is reached, and ends the program with its parent. Whatever the parent asks is answered with the CPU time used so far, and with
 * what `work` made of it, as soon as it is done. Where it fails, the program ends.
 */
export function offer(place: Exclude<Said, Answer>, work: (asked: unknown) => unknown = () => undefined): void {
  const say = (said: Said) => process.send?.(said)
  const answer = async ({ question, work: asked }: Question) => {
    const result = await work(asked)
    const { user, system } = process.cpuUsage()
    say({ question, cpuUs: user + system, result })
  }
  process.on('message', asked => void answer(asked as Question))
  process.on('disconnect', () => process.exit())
  say(place)
}
