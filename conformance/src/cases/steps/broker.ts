/** Time and crowds of frames at a broker under test. */
import type { EndPlayer } from '../../play/end-player.js'
import type { ChannelName } from '../../play/player.js'
import { Disappointment, type Performance } from '../performance.js'
import { answered } from './settled.js'
import type { Play } from './step.js'
import { doStep } from './testee.js'

/** Players whose line would be given up if they stayed silent, and who do not want that. */
const company = ({ cast }: Performance): readonly EndPlayer[] =>
  [...(cast.stage.players as ReadonlyMap<string, EndPlayer>).values()].filter(({ attached, manners, number }) => attached && manners.pong && number !== 0)

/** The broker's clock goes forward, in strides that are shorter than its heartbeat: in between, players that answer pings say something, as they would have. */
export async function advanceBroker(p: Performance, ms: number): Promise<void> {
  await Promise.all(company(p).map(answered))
  for (let left = ms; left > 0; ) {
    const beats = company(p).map(({ known }) => Number(known.heartbeatMs))
    const stride = Math.min(left, ...beats.map(beat => beat - 1))
    await doStep(p, { advanceClock: { ms: stride } }, { kind: 'do', value: stride, check: undefined, withinMs: 0, note: '' })
    left -= stride
    await Promise.all(company(p).map(answered))
  }
}

/** Many frames, one behind the other: so many, or until the broker says that this receiver lags. */
export const flood: Play = async (p, value) => {
  const {
    as = '',
    to = [],
    channel = 'SESSION',
    bytes = 65_536,
    count = 512,
    lagging,
  } = value as Readonly<Record<string, unknown>> & {
    as?: string
    to?: readonly string[]
    channel?: ChannelName
    bytes?: number
    count?: number
    lagging?: string
  }
  const player = p.player(as)
  const from = p.cast.stage.events.length
  const targets = to.map(name => p.player(name).number).sort((a, b) => a - b)
  const late = lagging === undefined ? undefined : p.player(lagging).number
  const told = () =>
    player.inbox.all.find(
      ({ index, name, fields }) => index >= from && name === 'notice' && fields.participant === late && /LAGGING$/.test(String(fields.kind)),
    )
  for (let sent = 0; sent < count; sent++) {
    player.send({ channel, raw: new Uint8Array(bytes).fill(0x5a), spoil: { header: { targets } } })
    await player.barrier()
    const notice = late === undefined ? undefined : told()
    if (notice !== undefined) return [notice.index]
  }
  if (late === undefined) return undefined
  throw new Disappointment('absent', `${as} sent ${count} frames of ${bytes} bytes and was not told that ${lagging} lags`)
}
