/** Where a ticket waits on Linux: among what the user's desktop starts after log-on (XDG autostart), readable by that user alone. */
import { constants } from 'node:fs'
import { type FileHandle, mkdir, open, rename, rm, unlink } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { RejoinHost, RejoinTicket } from '@remote-assist/peer'
import { entryText, type Launch, ticketIn } from './entry.js'

const NAME = 'remote-assist-rejoin.desktop'
/** A file that is not whole: nobody starts it, and nobody was told what is in it. */
const UNFINISHED = '.new'
const MAX_BYTES = 65_536

/** The folder of what a desktop starts after log-on. */
export const autostartFolder = ({ XDG_CONFIG_HOME }: NodeJS.ProcessEnv = process.env): string =>
  join(XDG_CONFIG_HOME === undefined || XDG_CONFIG_HOME === '' ? join(homedir(), '.config') : XDG_CONFIG_HOME, 'autostart')

export class Autostart implements RejoinHost {
  readonly #file: string

  /** What is to be started is `launch`; who only looks for a ticket needs none. */
  constructor(
    private readonly launch: Launch,
    private readonly folder: string = autostartFolder(),
    private readonly now: () => number = Date.now,
  ) {
    this.#file = join(folder, NAME)
  }

  async keep(ticket: RejoinTicket): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 })
    const unfinished = this.#file + UNFINISHED
    await rm(unfinished, { force: true })
    try {
      const file = await open(unfinished, 'wx', 0o600)
      try {
        await file.writeFile(entryText(this.launch, ticket))
        await file.sync()
      } finally {
        await file.close()
      }
      await rename(unfinished, this.#file)
    } catch (error) {
      await rm(unfinished, { force: true })
      throw error
    }
  }

  async take(): Promise<RejoinTicket | undefined> {
    await rm(this.#file + UNFINISHED, { force: true })
    const file = await opened(this.#file)
    if (file === undefined) return undefined
    try {
      // Whoever removes the name has the ticket: of two that are started at once, one.
      if (!(await removed(this.#file))) return undefined
      const ticket = (await isOurs(file)) ? ticketIn(await file.readFile('utf8')) : undefined
      return ticket !== undefined && ticket.expiresAtMs > this.now() ? ticket : undefined
    } finally {
      await file.close()
    }
  }

  /** Takes away what is of no use any more, and leaves a ticket that is. For any start of the program. */
  async tidy(): Promise<void> {
    const file = await opened(this.#file)
    if (file === undefined) return rm(this.#file + UNFINISHED, { force: true })
    try {
      const ticket = (await isOurs(file)) ? ticketIn(await file.readFile('utf8')) : undefined
      if (ticket === undefined || ticket.expiresAtMs <= this.now()) await this.take()
    } finally {
      await file.close()
    }
  }
}

/** The file, if there is one; a link leads nowhere, and nothing is waited for. */
async function opened(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    if (code !== 'ELOOP') throw error
    await removed(path)
    return undefined
  }
}

async function removed(path: string): Promise<boolean> {
  try {
    await unlink(path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
}

/** A file that this user alone could have written and read. */
async function isOurs(file: FileHandle): Promise<boolean> {
  const stat = await file.stat()
  return stat.isFile() && stat.uid === process.getuid?.() && (stat.mode & 0o077) === 0 && stat.size <= MAX_BYTES
}
