/** Questions to the customer. Each is answered once, or expires; silence denies. */
import { ElevationMethod, ElevationScope, type Permission, type Role } from '@remote-assist/codec'
import type { Instant } from '@remote-assist/core'
import type { Organisation } from '../security/organisation.js'

/** A permission for a while; `minutes` absent = with the session. */
export interface TimedPermission {
  readonly permission: Permission
  readonly minutes?: number
}

/** Whom a question comes from. */
export interface Asker {
  readonly participant: number
  readonly role: Role.AGENT | Role.VIEWER
  /** The name it gave; nobody vouches for it. */
  readonly displayName: string
  /** The organisation that vouches for it, checked against the customer's trust; undefined = nobody does: say “unverified”. */
  readonly organisation: Organisation | undefined
  /** Three words that its screen shows as well, unless somebody stands between: compare them by voice. */
  readonly words: readonly string[]
}

/** Answers a question; false = it was off the table already. */
type Answer<A> = (answer: A) => boolean

/** A question to the user, answered once. */
export abstract class Question<A> {
  readonly #settled = new AbortController()

  constructor(
    private readonly who: () => Asker,
    private readonly reply: Answer<A>,
  ) {}

  /** Whom it comes from, as it is known now. */
  get asker(): Asker {
    return this.who()
  }

  /** Aborted when the question is off the table: answered, expired, or the asker is gone. */
  get settled(): AbortSignal {
    return this.#settled.signal
  }

  /** Takes the question off the table. */
  close(): void {
    this.#settled.abort()
  }

  protected answer(answer: A): boolean {
    if (this.#settled.signal.aborted) return false
    this.#settled.abort()
    return this.reply(answer)
  }
}

/** Somebody asks to assist, to watch, or for more permissions. */
export class ConsentRequest extends Question<readonly TimedPermission[]> {
  constructor(
    who: () => Asker,
    /** What may be granted. */
    readonly permissions: readonly Permission[],
    /** Why, in the asker's words; may be empty. */
    readonly reason: string,
    /** When silence denies, on the customer's clock. */
    readonly by: Instant,
    answer: Answer<readonly TimedPermission[]>,
  ) {
    super(who, answer)
  }

  /** Grants some of `permissions`, the rest is denied; nothing granted = turned away. Returns false if the question was off the table. */
  decide(granted: readonly (Permission | TimedPermission)[]): boolean {
    return this.answer(granted.map(it => (typeof it === 'number' ? { permission: it } : it)))
  }

  /** Grants everything that was asked for. */
  grantAll(): boolean {
    return this.decide(this.permissions)
  }

  /** Turns it down. */
  deny(): boolean {
    return this.decide([])
  }
}

/** An agent asks for elevated powers. */
export class ElevationQuestion extends Question<boolean> {
  readonly scope: 'standard' | 'admin'
  /** How the system is satisfied once it is allowed: the user answers its prompt, or the agent gives the credentials of an account. */
  readonly method: 'prompt' | 'credentials'
  constructor(
    who: () => Asker,
    readonly reason: string,
    scope: ElevationScope,
    method: ElevationMethod,
    readonly durationMs: number,
    readonly by: Instant,
    answer: Answer<boolean>,
  ) {
    super(who, answer)
    this.scope = scope === ElevationScope.STANDARD ? 'standard' : 'admin'
    this.method = method === ElevationMethod.CREDENTIALS ? 'credentials' : 'prompt'
  }

  /** The system's own prompt, or the agent's credentials, come next. */
  allow(): boolean {
    return this.answer(true)
  }

  deny(): boolean {
    return this.answer(false)
  }
}
