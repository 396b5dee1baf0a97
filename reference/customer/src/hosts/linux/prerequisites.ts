import { accessSync, constants, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { HostError } from '@remote-assist/peer'

/** Where the programs of the system are; the PATH of whoever starts this does not count. */
const FOLDERS = ['/usr/bin', '/bin', '/usr/local/bin', '/usr/sbin', '/sbin']
const SET_USER_ID = 0o4000

/** Throws `HostError` `E_UNSUPPORTED` with a sentence for a person where su and sudo could not give anybody powers. */
export function assertHelperCanStart(): void {
  if (process.platform !== 'linux') throw unsupported('This is no Linux.')
  if (process.getuid?.() === 0) throw unsupported('This program runs as root, which every password would be right for.', 'Share as an ordinary user.')
  for (const program of ['sudo', 'su']) {
    const file = FOLDERS.map(folder => join(folder, program)).find(isExecutable)
    if (file === undefined) throw unsupported(`${program} is not installed.`, `Install ${program}, and have an administrator say who may use it.`)
    const { uid, mode } = statSync(file)
    if (uid !== 0 || (mode & SET_USER_ID) === 0) throw unsupported(`${file} does not run as root.`)
  }
  if (/^NoNewPrivs:\s*1$/m.test(readFileSync('/proc/self/status', 'utf8')))
    throw unsupported('This program runs under a ban on new powers (no_new_privs), as containers have it.', 'Start it outside of the container.')
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

const unsupported = (message: string, hint?: string): HostError => new HostError('E_UNSUPPORTED', message, hint === undefined ? {} : { hint })
