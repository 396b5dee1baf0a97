/** A viewer: looks on by invitation. */
import { Viewer } from '@remote-assist/peer'
import { Line, transportTo } from '../line.js'
import { Following } from './following.js'
import { Refused, type Role, type Stage } from './role.js'
import { looking, Watching } from './watching.js'

/** Plays a viewer. */
export function playViewer({ start, clock, tell }: Stage): Role {
  const following = new Following(tell)
  const line = new Line(transportTo(start), state => tell({ case: 'line', value: state }))
  const over = new AbortController()
  let watching: Watching | undefined
  const options = { transport: line, displayName: start.displayName, clock: clock.end, observe: following.observe, signal: over.signal }
  Viewer.join({ ...options, url: String(start.way.value) }).then(
    viewer => {
      watching = new Watching(viewer, tell)
      viewer.on('ended', () => following.over())
    },
    () => following.failed(),
  )
  const inside = (): Watching => {
    if (watching === undefined) throw new Refused('The viewer was not let in.')
    return watching
  }
  return {
    ready: {},
    actions: {
      ...looking(tell, inside),
      leave: () => (watching === undefined ? over.abort() : (watching.seen as Viewer).leave()),
      disconnect: () => line.break(),
    },
    look: () => ({
      ...following.look({ words: () => (watching?.seen as Viewer | undefined)?.words ?? [], confirmed: () => false }),
      ...watching?.look(),
    }),
    end: async () => {
      over.abort()
      line.cut()
      watching?.seen.leave()
    },
  }
}
