/** Questions to the customer. Each is answered once, or expires; silence denies. */
import { ElevationScope, type Permission, type Role } from '@remote-assist/codec'
import type { Instant } from '@remote-assist/core'

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
}

/** Answers a question; false = it was off the table already. */
type Answer<A> = (answer: A) => boolean

class Question<A> {
  readonly #settled = new AbortController()
  readonly #answer: Answer<A>

  constructor(answer: Answer<A>) {
    this.#answer = answer
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
    return this.#answer(answer)
  }
}

/** Somebody asks to assist, to watch, or for more permissions. */
export class ConsentRequest extends Question<readonly TimedPermission[]> {
  constructor(
    readonly asker: Asker,
    /** What may be granted. */
    readonly permissions: readonly Permission[],
    /** Why, in the asker's words; may be empty. */
    readonly reason: string,
    /** When silence denies, on the customer's clock. */
    readonly by: Instant,
    answer: Answer<readonly TimedPermission[]>,
  ) {
    super(answer)
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
  constructor(
    readonly asker: Asker,
    readonly reason: string,
    scope: ElevationScope,
    readonly durationMs: number,
    readonly by: Instant,
    answer: Answer<boolean>,
  ) {
    super(answer)
    this.scope = scope === ElevationScope.STANDARD ? 'standard' : 'admin'
  }

  /** The system's own prompt comes next. */
  allow(): boolean {
    return this.answer(true)
  }

  deny(): boolean {
    return this.answer(false)
  }
}
