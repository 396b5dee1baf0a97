/** What the people of a simulated session share, and how they act at their ends. Everything random comes from the seed. */
import { Permission, Role } from '@remote-assist/codec'
import { ROLE_CEILING } from '@remote-assist/core'
import { type End, type Event, type Notice, possible } from '../end.js'
import type { Content } from '../files.js'
import type { Random } from '../random.js'
import type { Schedule } from '../schedule.js'

/** What an agent may be granted, but for the permission to record. */
export const ALL = ROLE_CEILING[Role.AGENT].filter(permission => permission !== Permission.RECORD)

/** Requests that were made and have no answer; what is left at the end of a quiet session is a fault. */
export class Requests {
  readonly #open = new Map<string, string>()
  opened(end: End, what: string, id: number): void {
    this.#open.set(`${end.credentials.name} ${what} ${id}`, what)
  }
  closed(end: End, what: string, id: number): void {
    this.#open.delete(`${end.credentials.name} ${what} ${id}`)
  }
  /** A process that died asks nothing any more. */
  forget(end: End): void {
    for (const key of this.#open.keys()) if (key.startsWith(`${end.credentials.name} `)) this.#open.delete(key)
  }
  get left(): readonly string[] {
    return [...this.#open.keys()]
  }
}

/** What the people of one session share. */
export interface Stage {
  readonly schedule: Schedule
  readonly random: Random
  readonly requests: Requests
  readonly contents: Map<number, Content>
  /** Somebody was invited: an end for them may come. */
  invited(role: Role.AGENT | Role.VIEWER, inviteId: Uint8Array, secret: string): void
}

/** Gives an end a local event; a call that is not possible now is the caller's mistake and changes nothing. */
export function attempt(end: End, event: Event): boolean {
  if (end.ended) return false
  let done = false
  possible(() => {
    end.dispatch(event)
    done = true
  })
  return done
}

/** Somebody at an end. */
export interface Person {
  readonly end: End
  noticed(peer: number, notice: Notice): void
  /** Does something at random. */
  act(): void
}
