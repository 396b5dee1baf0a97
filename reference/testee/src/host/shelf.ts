/** Where a ticket lies while the computer is started again. */
import type { RejoinHost, RejoinTicket } from '@remote-assist/peer'

export class Shelf implements RejoinHost {
  #ticket: RejoinTicket | undefined

  async keep(ticket: RejoinTicket): Promise<void> {
    this.#ticket = { ...ticket, secret: ticket.secret.slice() }
  }

  async take(): Promise<RejoinTicket | undefined> {
    const ticket = this.#ticket
    this.#ticket = undefined
    return ticket
  }
}
