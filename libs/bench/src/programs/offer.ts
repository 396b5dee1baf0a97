/** What a program says to its parent: where it is reached, and, each time it is asked, how much CPU time it has used. */
export type Said = { readonly url: string; readonly grpcUrl?: string | undefined } | { readonly cpuUs: number }

/**
 * Tells the parent where this program is reached, and ends the program with its parent. Whatever the parent asks is answered with the CPU time used so far, as
 * soon as `work` is done with it.
 */
export function offer(place: Said & { readonly url: string }, work: (asked: unknown) => void | Promise<void> = () => undefined): void {
  const say = (said: Said) => process.send?.(said)
  const answer = async (asked: unknown) => {
    await work(asked)
    const { user, system } = process.cpuUsage()
    say({ cpuUs: user + system })
  }
  process.on('message', asked => void answer(asked))
  process.on('disconnect', () => process.exit())
  say(place)
}
