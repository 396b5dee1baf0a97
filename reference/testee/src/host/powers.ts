/** Elevated powers that do nothing but what the contract says, and write it down. */
import {
  CredentialOpener,
  type CredentialRequest,
  type CredentialSlot,
  type Elevated,
  type ElevationHost,
  type ElevationStart,
  HostError,
  readCredentials,
} from '@remote-assist/peer'
import { added } from './screens.js'
import type { Trouble } from './trouble.js'

type SecureListener = Parameters<ElevationHost['onSecureDesktop']>[0]

/** The accounts of the machine, and their passwords. */
const PASSWORDS: ReadonlyMap<string, string> = new Map([
  ['administrator', 'correct horse'],
  ['guest', ''],
])
/** The account that may not have elevated powers. */
const POWERLESS = 'guest'
/** A command that there is not. */
const NO_SUCH_COMMAND = 127

/** The prompt, the accounts and the secure desktop of a machine. */
export class Powers implements ElevationHost {
  /** How the system's prompt is answered. */
  agrees = true
  #secure = false
  readonly #onSecure = new Set<SecureListener>()

  constructor(
    /** What is done with elevated powers is written down here. */
    readonly done: string[],
    readonly trouble: Trouble,
  ) {}

  async start({ signal, progress }: ElevationStart): Promise<Elevated> {
    progress('os-prompt')
    if (!this.agrees || signal.aborted) throw new HostError('E_DENIED', 'The prompt was declined.')
    progress('handover')
    return this.#powers()
  }

  async awaitCredentials(request: CredentialRequest): Promise<CredentialSlot> {
    const opener = await CredentialOpener.create(request, crypto.getRandomValues(new Uint8Array(32)))
    return {
      publicKey: opener.publicKey,
      start: async ({ sealed, progress }) => {
        await authenticate(opener, sealed)
        progress('handover')
        return this.#powers()
      },
      forget: () => opener.destroy(),
    }
  }

  onSecureDesktop(listener: SecureListener): () => void {
    if (this.#secure) listener(true, 'secure desktop')
    return added(this.#onSecure, listener)
  }

  /** The secure desktop is up. */
  get secure(): boolean {
    return this.#secure
  }

  /** The secure desktop comes up, or goes. */
  cover(active: boolean): void {
    this.#secure = active
    for (const listener of this.#onSecure) listener(active, active ? 'secure desktop' : '')
  }

  #powers(): Elevated {
    return {
      sendSecureKeys: async combo => {
        if (this.trouble.is('slow-keys')) await new Promise(() => undefined)
        if (this.trouble.is('secure-keys')) return 'unsupported'
        this.done.push(`secure ${combo}`)
        return 'ok'
      },
      run: async (argv, options) => {
        this.done.push(`run ${JSON.stringify(argv)}`)
        return run(argv, options)
      },
      // No helper is apart here, to be shown anything; and the time is the suite's.
      renew: () => undefined,
      drop: async () => void this.done.push('powers dropped'),
      ended: this.trouble.next('helper').then(() => 'The helper broke off.'),
    }
  }
}

async function authenticate(opener: CredentialOpener, sealed: Uint8Array): Promise<void> {
  const { account, password } = await opener
    .open(sealed)
    .then(readCredentials)
    .catch(cause => {
      throw new HostError('E_CREDENTIALS', 'These are no credentials for this request.', { cause })
    })
  if (PASSWORDS.get(account) !== new TextDecoder().decode(password)) throw new HostError('E_CREDENTIALS', 'The account or the password is wrong.')
  if (account === POWERLESS) throw new HostError('E_NOT_PERMITTED', 'That account may not do this.')
}

/** `echo WORD…` prints, `exit N` ends with N, `wait` runs until it is ended. */
async function run([name, ...words]: readonly string[], { signal, output }: Parameters<Elevated['run']>[1]): ReturnType<Elevated['run']> {
  switch (name) {
    case 'echo':
      await output('stdout', new TextEncoder().encode(`${words.join(' ')}\n`))
      return { exitCode: 0 }
    case 'exit':
      return { exitCode: Number(words[0]) }
    case 'wait':
      if (!signal.aborted) await new Promise(resolve => signal.addEventListener('abort', resolve, { once: true }))
      return { exitCode: undefined, signal: 'SIGTERM' }
    default:
      return { exitCode: NO_SUCH_COMMAND }
  }
}
