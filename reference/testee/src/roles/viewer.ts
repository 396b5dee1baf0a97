/** A viewer: looks on by invitation. */
import { Viewer } from '@remote-assist/peer'
import { Line, transportTo } from '../line.js'
import { Following } from './following.js'
import { Refused, type Role, type Stage } from './role.js'
import { looking, Watching } from './watching.js'

const OUTSIDE = 'The viewer was not let in.'

/** Plays a viewer. */
export function playViewer({ start, time, pending, tell }: Stage): Role {
  const following = new Following(tell)
  const line = new Line(transportTo(start), state => tell({ case: 'line', value: state }), pending)
  const over = new AbortController()
  let viewer: Viewer | undefined
  let watching: Watching | undefined
  const options = {
    transport: line,
    displayName: start.displayName,
    ...(time === undefined ? {} : { clock: time.end }),
    observe: following.observe,
    signal: over.signal,
  }
  Viewer.join({ ...options, url: String(start.way.value) }).then(
    joined => {
      viewer = joined
      watching = new Watching(joined, tell)
      joined.on('ended', () => following.over())
    },
    () => following.failed(),
  )
  const inside = (): Watching => {
    if (watching === undefined) throw new Refused(OUTSIDE)
    return watching
  }
  return {
    ready: {},
    actions: {
      ...looking(tell, inside),
      leave: () => (viewer === undefined ? over.abort() : viewer.leave()),
      confirmWords: () => {
        if (viewer === undefined) throw new Refused(OUTSIDE)
        viewer.confirmWords()
      },
      disconnect: () => line.break(),
    },
    look: () => ({
      ...following.look({ words: () => viewer?.words ?? [], confirmed: () => viewer?.wordsConfirmed ?? false }),
      ...watching?.look(),
    }),
    end: async () => {
      over.abort()
      line.cut()
      viewer?.leave()
    },
  }
}
