/** Where a ticket lies while the computer is started again. */
import type { RejoinHost, RejoinTicket } from '@remote-assist/peer'
import type { Trouble } from './trouble.js'

const NOTHING = new Uint8Array()

const written = ({ secret, ...ticket }: RejoinTicket): Uint8Array =>
  new TextEncoder().encode(JSON.stringify({ ...ticket, secret: Buffer.from(secret).toString('base64') }))

/** Throws if these bytes are no ticket that was kept here. */
function read(bytes: Uint8Array): RejoinTicket {
  const { secret, ...ticket } = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as Omit<RejoinTicket, 'secret'> & {
    readonly secret: string
  }
  return { ...ticket, secret: new Uint8Array(Buffer.from(secret, 'base64')) }
}

export class Shelf implements RejoinHost {
  constructor(
    readonly trouble: Trouble,
    /** The ticket that lies there, as it is written; empty = none. */
    public lies: Uint8Array = NOTHING,
  ) {}

  async keep(ticket: RejoinTicket): Promise<void> {
    if (this.trouble.is('storage')) throw new Error('There is no room for a ticket.')
    this.lies = written(ticket)
  }

  async take(): Promise<RejoinTicket | undefined> {
    const { lies } = this
    this.lies = NOTHING
    return lies.length === 0 ? undefined : read(lies)
  }
}
