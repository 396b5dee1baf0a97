import { randomBytes } from 'node:crypto'
import { CustomerExchange, type Established } from '../crypto/exchange.js'
import type { Secret } from '../crypto/forms.js'
import { MediaSealer } from '../crypto/record.js'
import type { WireFrame } from '../wire/schema.js'
import { Desk, type DeskOwner } from './desk.js'
import { EndPlayer, type Seat } from './end-player.js'
import type { Arrival, Fields, Spoil } from './player.js'

/** The customer that the suite plays to an agent or viewer. What it decides and shows is its `desk`. */
export class CustomerPlayer extends EndPlayer implements DeskOwner {
  readonly desk: Desk
  /** The role of the testee. */
  readonly joinerRole: 'AGENT' | 'VIEWER'
  /** The secret of its next handshake; undefined: of the last return, or else the first that it knows. */
  secret: Secret | undefined
  #exchange: CustomerExchange | undefined
  #media: MediaSealer | undefined
  #mediaBefore: MediaSealer | undefined
  #admitted = false
  /** The testee is there. */
  #reachable = false

  constructor(name: string, joinerRole: 'AGENT' | 'VIEWER', seat: Seat) {
    super(name, 'CUSTOMER', seat)
    this.joinerRole = joinerRole
    this.desk = new Desk(this, seat, this.known)
  }

  override lost(): void {
    super.lost()
    this.#exchange = undefined
    this.#reachable = false
    this.desk.lost()
  }

  /** Who is there has changed: `testee` is its number, 0 while it is away; `admitted`: the broker lets this customer in. */
  room(testee: number, admitted: boolean): void {
    this.#admitted = admitted
    this.#reachable = testee !== 0
    if (testee === 0) return
    this.counterpart = testee
    if (this.association === undefined && this.#exchange === undefined && this.manners.handshake) this.begin()
    this.#greet()
  }

  /** Begins a handshake, whatever there was before. */
  begin(): void {
    const secret = this.secret ?? this.secrets[0]
    if (secret === undefined) throw new Error(`${this.name} knows no secret.`)
    this.#exchange = new CustomerExchange(this.side(this.number, this.counterpart, this.joinerRole), secret)
    this.send({ channel: 'HANDSHAKE', messages: [this.#exchange.start()] })
  }

  protected override get exchanging(): boolean {
    return this.#exchange?.isOver === false
  }

  protected override resumeHandshake(): void {
    if (this.#reachable && this.#exchange === undefined) this.begin()
  }

  protected override handshake(arrival: Arrival): void {
    if (this.manners.handshake && this.#exchange !== undefined) this.follow(this.#exchange.receive(arrival.name, arrival.fields))
  }

  protected override established_(established: Established): void {
    this.desk.secured(established)
    this.#greet()
  }

  #greet(): void {
    if (this.association !== undefined && this.#admitted) this.desk.greet()
  }

  protected override react(arrival: Arrival): void {
    this.desk.react(arrival)
  }

  protected override openMedia(): Uint8Array {
    throw new Error('MEDIA came from somebody who is not the customer.')
  }

  protected override sealMedia(header: WireFrame, plaintext: Uint8Array, { skip, generations = 0 }: Spoil): Uint8Array {
    const sealer = generations > 0 ? this.#mediaBefore : this.#media
    if (sealer === undefined) throw new Error(`${this.name} has announced no key for MEDIA${generations > 0 ? ' before the last one' : ''}.`)
    return sealer.seal(header, plaintext, skip)
  }

  /** A new epoch; the message that announces it. */
  newEpoch(): Fields {
    const epoch = { epoch: (this.#media?.epoch.epoch ?? 0) + 1, key: new Uint8Array(randomBytes(32)), salt: new Uint8Array(randomBytes(12)) }
    this.#mediaBefore = this.#media
    this.#media = new MediaSealer(epoch)
    this.known.mediaEpoch = epoch.epoch
    return { mediaKey: epoch }
  }
}
