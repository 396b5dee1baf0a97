import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const GUARD = fileURLToPath(new URL('guard.js', import.meta.url))

/** What the guard hears when there is nothing left to do. */
export const GOODBYE = 'goodbye'

/** Starts a process that puts a display's input in order if this one is killed. Call what it returns when that is done already. */
export function guarded(display: string): () => void {
  // In a process group of its own: who kills this one as a group must not kill both.
  const guard = spawn(process.execPath, [GUARD, display], { stdio: ['pipe', 'ignore', 'ignore'], detached: true })
  const gone = () => {}
  guard.on('error', gone)
  guard.stdin.on('error', gone)
  guard.unref()
  return () => guard.stdin.end(GOODBYE)
}
