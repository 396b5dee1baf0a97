import { virtualHost } from '@remote-assist/customer'
import { Agent, Customer, Permission, Viewer } from '@remote-assist/peer'
import type { Aead } from '@remote-assist/secure'
import { connect } from '@remote-assist/transport-websocket'
import { CountedTransport } from './counted.js'

/** Who is in a session that is full, beside the customer: an agent, and viewers. */
export const OTHERS = 31

/** A session that is full, every one of whom sees the picture; all of them are in this process, the broker is in its own. */
export class FullHouse {
  private constructor(
    readonly agent: Agent,
    readonly customer: Customer,
    readonly viewers: readonly Viewer[],
    readonly line: CountedTransport,
  ) {}

  static async gather(brokerUrl: string, aead: Aead): Promise<FullHouse> {
    const agent = await Agent.create({ brokerUrl, transport: connect, displayName: 'Ada', aead })
    const assisted = agent.customer()
    const line = new CountedTransport(connect(brokerUrl))
    const customer = await Customer.join({ transport: line, pin: agent.pin.grouped, host: virtualHost(), displayName: 'Cleo', aead })
    customer.on('consent', request => request.grantAll())
    const session = await assisted
    const viewers: Viewer[] = []
    while (viewers.length < OTHERS - 1) {
      const { url } = await session.invite({ role: 'viewer' })
      viewers.push(await Viewer.join({ transport: connect(brokerUrl), url, displayName: 'Vi', aead }))
    }
    return new FullHouse(agent, customer, viewers, line)
  }

  /**
   * One of them may not see any more, and then may again: the second change goes to all of them. Resolves to the milliseconds from it until the last of what it
   * makes the customer say was handed to the line; rejects if that was less than a key for each.
   */
  async rekey(): Promise<number> {
    const [viewer] = this.viewers
    if (viewer === undefined) throw new RangeError('Nobody looks on.')
    await this.#told(viewer, () => this.customer.revoke(Permission.VIEW_SCREEN, viewer.self))
    const { frames } = this.line
    let ms = 0
    await this.#told(viewer, () => {
      const start = performance.now()
      this.customer.grant(Permission.VIEW_SCREEN, viewer.self)
      ms = this.line.lastAt - start
    })
    if (this.line.frames - frames < OTHERS) throw new Error(`A new audience of ${OTHERS} was told in ${this.line.frames - frames} frames.`)
    return ms
  }

  async close(): Promise<void> {
    await this.agent.close()
    await this.customer.close()
  }

  /** Resolves when the viewer was told of what `change` did. */
  #told(viewer: Viewer, change: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const stops = [viewer.on('grant', () => settle(resolve)), viewer.on('ended', error => settle(() => reject(error)))]
      const settle = (then: () => void) => {
        for (const stop of stops) stop()
        then()
      }
      change()
    })
  }
}
