/** Terms: what a payload is in a symbolic session. Whoever does not hold a key does not look into what was sealed with it, nor makes anything like it. */
import type { OpenedRecord } from '@remote-assist/core'
import type { Random } from '../random.js'
import type { Forger, Handshaking, Header, Payload } from './sealing.js'

/** Generation or epoch, and counter: in clear before what is sealed. */
export interface Lead {
  readonly generation: number
  readonly counter: number
}

/** A record under a key. It opens with that key alone, and where its header says. */
export class Sealed {
  constructor(
    readonly key: string,
    readonly lead: Lead,
    readonly header: Header,
    readonly record: OpenedRecord,
  ) {}
}

/** A handshake message. */
export class Shake {
  constructor(readonly kind: ShakeKind) {}
}

export type ShakeKind =
  | { readonly step: 'start'; readonly nonce: string; readonly passwordClass: number; readonly secretId: string }
  | { readonly step: 'commit'; readonly nonce: string; readonly commitment: string }
  | { readonly step: 'share'; readonly share: string; readonly publicKey: string; readonly role: number }
  | { readonly step: 'confirm'; readonly tag: string }
  | { readonly step: 'failure'; readonly code: number }

/** Sealed under it opens for nobody. */
const NO_KEY = ''

/** What can be done to terms. */
export class TermForger implements Forger {
  constructor(private readonly random: Random) {}

  peek(payload: Payload): Handshaking | undefined {
    if (!(payload instanceof Shake)) return undefined
    const { kind } = payload
    return { step: kind.step, passwordClass: kind.step === 'start' ? kind.passwordClass : undefined }
  }

  altered(payload: Payload): Payload {
    if (payload instanceof Shake) {
      const fields = Object.entries(payload.kind).filter(([name]) => name !== 'step')
      const [name, value] = this.random.pick(fields)
      return new Shake({ ...payload.kind, [name]: typeof value === 'number' ? value + 1 : 'forged' })
    }
    if (!(payload instanceof Sealed)) return payload
    const { lead, header, record } = payload
    // The lead is covered by the tag, like everything else: what is changed has no tag.
    return new Sealed(NO_KEY, { ...lead, counter: lead.counter + this.random.between(-2, 2) }, header, record)
  }

  shortened(payload: Payload): Payload {
    return payload instanceof Sealed ? new Sealed(NO_KEY, payload.lead, payload.header, payload.record) : {}
  }

  forged(header: Header, payload: Payload): Payload {
    if (!(payload instanceof Sealed)) return this.altered(payload)
    const { lead, record } = payload
    return new Sealed('of the broker', { ...lead, counter: lead.counter + 1 }, header, record)
  }
}
