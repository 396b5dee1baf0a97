/** Where a command is typed and what it prints: the process, or a test. */

import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The package's own folder. */
export const PACKAGE = fileURLToPath(new URL('../../', import.meta.url))

export interface Terminal {
  /** Results, for people and programs. */
  out(text: string): void
  /** Progress and errors, for people. */
  err(text: string): void
  /** A line that the next one replaces; nothing where stderr is no terminal. */
  live(text: string): void
  /** The folder that paths are relative to. */
  readonly folder: string
  /** Resolves when the person wants to stop (Ctrl+C), which ends nothing by itself from then on. */
  stopped(): Promise<void>
}

/** The process's own. */
export function processTerminal(): Terminal {
  const { stderr } = process
  let isLive = false
  const clear = () => {
    if (isLive) stderr.write('\r\u001b[K')
    isLive = false
  }
  return {
    out: text => {
      clear()
      process.stdout.write(`${printable(text)}\n`)
    },
    err: text => {
      clear()
      stderr.write(`${printable(text)}\n`)
    },
    live: text => {
      if (!stderr.isTTY) return
      stderr.write(`\r\u001b[K${printable(text).slice(0, (stderr.columns ?? 80) - 1)}`)
      isLive = true
    },
    folder: typedIn(),
    stopped: () =>
      new Promise(stop => {
        for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop())
      }),
  }
}

/** npm runs a package's script in the package's folder, and says where it was typed. */
function typedIn(): string {
  const here = process.cwd()
  return resolve(here) === resolve(PACKAGE) ? (process.env.INIT_CWD ?? here) : here
}

/** Text of a testee can move no cursor and change no colour: what is neither letter nor line end nor tab is shown by its number. */
export const printable = (text: string): string => text.replaceAll(/[^\P{C}\n\t]/gu, character => `\\u{${character.codePointAt(0)?.toString(16)}}`)
