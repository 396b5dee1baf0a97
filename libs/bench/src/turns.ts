/** Somebody who takes part: `round` does the work once and says what was reached. */
export interface Contestant<T> {
  readonly name: string
  round(): T | Promise<T>
}

/** What a contestant reached in each round. */
export interface Course<T> {
  readonly name: string
  readonly rounds: readonly T[]
}

/**
 * Lets the contestants take turns (first, second, …, first, second, …), so that whatever else the machine does meets all of them alike. One round each goes
 * before and does not count.
 */
export async function takeTurns<T>(contestants: readonly Contestant<T>[], rounds: number): Promise<Course<T>[]> {
  const courses = contestants.map(({ name }) => ({ name, rounds: [] as T[] }))
  for (let round = -1; round < rounds; round++) {
    for (const [index, contestant] of contestants.entries()) {
      const reached = await contestant.round()
      if (round >= 0) courses[index]?.rounds.push(reached)
    }
  }
  return courses
}
