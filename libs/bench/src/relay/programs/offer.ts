/** What a program that relays says to its parent: where it listens, and, each time it is asked, how much CPU time it has used. */
export type Said = { readonly url: string; readonly grpcUrl?: string | undefined } | { readonly cpuUs: number }

/** Tells the parent where this program listens, answers when asked for its CPU time, and ends it with its parent. */
export function offer(place: Said & { readonly url: string }): void {
  const say = (said: Said) => process.send?.(said)
  process.on('message', () => {
    const { user, system } = process.cpuUsage()
    say({ cpuUs: user + system })
  })
  process.on('disconnect', () => process.exit())
  say(place)
}
