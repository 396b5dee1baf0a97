import { EventEmitter, once } from 'node:events'
import { LinuxElevation } from '@remote-assist/customer/hosts'
import type { AccountName, World } from './world.js'

/** Who sits at a machine of a world, and is asked for a password there. */
export class Seat {
  readonly elevation: LinuxElevation
  readonly #asked = new EventEmitter()
  #answer: ((password: Uint8Array | undefined) => void) | undefined

  constructor(
    private readonly world: World,
    readonly account: AccountName = 'customer',
  ) {
    this.elevation = new LinuxElevation({
      runtime: [...world.as(account), process.execPath],
      password: over =>
        new Promise(resolve => {
          this.#answer = resolve
          over.addEventListener('abort', () => resolve(undefined), { once: true })
          this.#asked.emit('asked')
        }),
    })
  }

  /** Types a password when the system asks for one: the right one, another, or none. */
  async answer(answer: 'yes' | 'no' | 'wrong'): Promise<void> {
    if (this.#answer === undefined) await once(this.#asked, 'asked')
    const { password } = this.world.login(this.account)
    const typed = answer === 'wrong' ? `${password}?` : password
    this.#answer?.(answer === 'no' ? undefined : new TextEncoder().encode(typed))
    this.#answer = undefined
  }
}
