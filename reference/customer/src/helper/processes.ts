/** The processes that commands started, and their end: found by a mark in their environment, which children inherit, or as children of such a process. */
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

/** The variable that holds the mark. */
export const MARK_VARIABLE = 'REMOTE_ASSIST_ELEVATION'
/** So long after a look that found nobody, another one makes sure: a process that is just becoming another program has no environment for a moment. */
const SECOND_LOOK_MS = 10

interface Process {
  readonly pid: number
  readonly parent: number
  readonly marked: boolean
}

/** The processes that bear a mark that begins so, and everything below them. The dead that nobody waited for are left out. */
export function bearers(mark: string): readonly number[] {
  const all = readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .flatMap(name => look(Number(name), mark))
  const found = new Set(all.filter(({ marked }) => marked).map(({ pid }) => pid))
  for (let before = -1; before !== found.size; ) {
    before = found.size
    for (const { pid, parent } of all) if (found.has(parent)) found.add(pid)
  }
  return [...found]
}

/** Kills every process that bears a mark that begins so, with everything below it. Resolves when none is left. */
export async function endBearers(mark: string): Promise<void> {
  for (let quiet = 0; quiet < 2; ) {
    const found = bearers(mark)
    for (const pid of found) kill(pid)
    quiet = found.length === 0 ? quiet + 1 : 0
    await pause(SECOND_LOOK_MS)
  }
}

function look(pid: number, mark: string): Process[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The name of the program, in brackets, may hold anything.
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (state === 'Z' || state === 'X') return []
    return [{ pid, parent: Number(parent), marked: isMarked(pid, mark) }]
  } catch {
    return []
  }
}

function isMarked(pid: number, mark: string): boolean {
  try {
    return `\0${readFileSync(`/proc/${pid}/environ`, 'latin1')}`.includes(`\0${MARK_VARIABLE}=${mark}`)
  } catch {
    // Another user's, where this is not the administrator's: none that was started here.
    return false
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended by itself.
  }
}
