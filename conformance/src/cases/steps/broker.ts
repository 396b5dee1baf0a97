/** Time at a broker under test. */
import type { EndPlayer } from '../../play/end-player.js'
import type { Performance } from '../performance.js'
import { doStep } from './testee.js'

/** Players whose line would be given up if they stayed silent, and who do not want that. */
const company = ({ cast }: Performance): readonly EndPlayer[] =>
  [...(cast.stage.players as ReadonlyMap<string, EndPlayer>).values()].filter(({ attached, manners, number }) => attached && manners.pong && number !== 0)

/** The broker's clock goes forward, in strides that are shorter than its heartbeat: in between, players that answer pings say something, as they would have. */
export async function advanceBroker(p: Performance, ms: number): Promise<void> {
  for (let left = ms; left > 0; ) {
    const beats = company(p).map(({ known }) => Number(known.heartbeatMs))
    const stride = Math.min(left, ...beats.map(beat => beat - 1))
    await doStep(p, { advanceClock: { ms: stride } }, { kind: 'do', value: stride, check: undefined, withinMs: 0, note: '' })
    left -= stride
    // Who was turned out meanwhile has nothing to say.
    await Promise.all(company(p).map(player => player.barrier().catch(() => undefined)))
  }
}
