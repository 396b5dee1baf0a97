import type { RejoinHost, RejoinTicket } from '../../src/host.js'
import { FakeHost } from './host.js'

/** A place for a ticket that outlives the host. */
export class Shelf implements RejoinHost {
  ticket: RejoinTicket | undefined
  /** What keeping it does first. */
  before: () => Promise<void> = async () => undefined

  async keep(ticket: RejoinTicket): Promise<void> {
    await this.before()
    this.ticket = { ...ticket, secret: ticket.secret.slice() }
  }

  async take(): Promise<RejoinTicket | undefined> {
    const { ticket } = this
    this.ticket = undefined
    return ticket
  }
}

/** A host that has such a place. */
export const hostWith = (rejoin: Shelf): FakeHost & { readonly rejoin: Shelf } => Object.assign(new FakeHost(), { rejoin })
