/** A session in which files are sent: broker, agent and customer, each in a process of its own. */
import type { Ends } from '../ends.js'
import type { Link, LinkSide } from '../link/link.js'
import { Program } from '../program.js'
import type { AgentWork, CustomerWork } from './work.js'

export class Assisted {
  private constructor(
    private readonly agent: Program,
    private readonly customer: Program,
  ) {}

  /** What the customer receives comes into this folder. Over a link, the broker and the agent are on its near side and the customer is on the far one. */
  static async open(ends: Ends, folder: string, link?: Link): Promise<Assisted> {
    const start = async (side: LinkSide | undefined, ...program: Parameters<typeof Program.start>) => {
      const started = await Program.startOn(side, ...program)
      ends.push(() => started.stop())
      return started
    }
    const broker = await start(link?.near, 'files/programs/broker', link?.near.address ?? '127.0.0.1')
    const agent = await start(link?.near, 'files/programs/agent', broker.url, await broker.do<string>({}))
    return new Assisted(agent, await start(link?.far, 'files/programs/customer', broker.url, agent.url, folder))
  }

  /** Sends files or folders from the agent to the customer; resolves when everything is verified and in place. */
  async send(...paths: readonly string[]): Promise<void> {
    const work: AgentWork = { send: paths }
    await this.agent.do(work)
  }

  /** Presses keys, and resolves to how long each was under way, in milliseconds. */
  async keys(count: number, everyMs: number): Promise<readonly number[]> {
    const press: AgentWork = { keys: count, everyMs }
    const note: CustomerWork = { keys: count }
    const [sent, arrived] = await Promise.all([this.agent.do<readonly number[]>(press), this.customer.do<readonly number[]>(note)])
    return sent.map((at, index) => (arrived[index] ?? Number.NaN) - at)
  }
}
