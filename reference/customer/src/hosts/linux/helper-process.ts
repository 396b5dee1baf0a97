import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { HostError } from '@remote-assist/peer'
import { Lines, lineOf } from '../../helper/lines.js'
import type { FromHelper } from '../../helper/messages.js'

const DOOR = fileURLToPath(new URL('../../helper/door.js', import.meta.url))
/** The helper's end takes no longer than this, unless something is wrong with the machine. */
const END_MS = 20_000
/** Nothing of this program's own environment reaches the helper. */
const ENVIRONMENT = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8', LANG: 'C.UTF-8' }

/** The privileged helper as the customer's program sees it: a process of its own, to write to and to hear from. */
export class HelperProcess {
  /** Resolves when it has ended, and what it started with it. */
  readonly gone: Promise<void>
  readonly #child
  readonly #lines = new Lines()

  /**
   * @param runtime What runs Node: a command and its first arguments.
   * @param hear Called with each message, in order.
   */
  constructor([program, ...args]: readonly [string, ...string[]], hear: (message: FromHelper) => void) {
    // In a session of its own it has no terminal: neither do su and sudo then ask there, nor do that terminal's signals reach it.
    this.#child = spawn(program, [...args, DOOR], { cwd: '/', env: ENVIRONMENT, stdio: ['pipe', 'pipe', 'ignore'], detached: true })
    const { stdin, stdout } = this.#child
    stdin.on('error', () => {})
    stdout.on('data', (bytes: Buffer) => {
      try {
        for (const line of this.#lines.take(bytes)) hear(JSON.parse(line) as FromHelper)
      } catch {
        // It says what no helper says.
        stdin.end()
      }
    })
    this.gone = new Promise(resolve => {
      this.#child.once('close', () => resolve())
      this.#child.once('error', () => resolve())
    })
  }

  /** Tells it something, and behind it a secret, as bytes, which are wiped when they have left. Nothing happens if it has ended, but that they are wiped. */
  say(message: object, secret: Uint8Array = new Uint8Array()): void {
    const { stdin } = this.#child
    if (!stdin.writable) return void secret.fill(0)
    stdin.write(lineOf(message))
    if (secret.length > 0) stdin.write(secret, () => secret.fill(0))
  }

  /** Ends it, and what it started. Rejects with `HostError` `E_HOST` if it is still there after twenty seconds. */
  async end(): Promise<void> {
    this.#child.stdin.end()
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new HostError('E_HOST', 'The helper with administrator powers did not end.', { hint: 'Restart the machine.' })), END_MS)
    })
    try {
      await Promise.race([this.gone, late])
    } finally {
      clearTimeout(timer)
    }
  }
}
