/** Steps at the picture: what is painted on the desktop of a customer under test, and whether who watches is shown it. */
import { setTimeout as pause } from 'node:timers/promises'
import { whenOverdue } from '../../patience.js'
import { JoinerPlayer } from '../../play/joiner.js'
import { CaseError } from '../pattern.js'
import { Disappointment, type Performance } from '../performance.js'
import type { Play } from './step.js'
import { doStep } from './testee.js'

const POLL_MS = 15

function watcher(p: Performance, name: string): JoinerPlayer {
  const player = p.player(name)
  if (player instanceof JoinerPlayer) return player
  throw new CaseError(`${name} does not watch`)
}

/** The picture that a player composed of a screen is the desktop, pixel for pixel; it is looked at again until it is, or time is up. */
export const shows: Play = async (p, value, step) => {
  const { at = 'agent', screen = 1 } = value as { at?: string; screen?: number }
  const { watching } = watcher(p, at)
  let over = false
  const callOff = whenOverdue(step.withinMs, () => {
    over = true
  })
  try {
    for (;;) {
      const picture = watching.picture(screen)
      const wrong = picture === undefined ? 'there is none yet' : p.desktop.misfit(screen, picture)
      if (wrong === undefined) return []
      if (over) throw new Disappointment('different', `the picture of screen ${screen} at ${at} is not the desktop within ${step.withinMs} ms: ${wrong}`)
      await pause(POLL_MS)
    }
  } finally {
    callOff()
  }
}

/** A colour for each place, such that places side by side differ, and no two rows are alike. */
const colourOf = (column: number, row: number): number => Math.imul((row + 3) * 7919 + (column + 1) * 104729, 0x9e3779b1) & 0xffffff

/** Paints a screen in tiles of many colours; with `down: n` each is what the one n rows above it is without. */
export const tiles: Play = async (p, value) => {
  const { screen = 1, width = 0, height = 0, tile = 8, down = 0 } = value as { screen?: number; width?: number; height?: number; tile?: number; down?: number }
  for (let row = 0; row * tile < height; row++)
    for (let column = 0; column * tile < width; column++) {
      const place = { x: column * tile, y: row * tile, width: Math.min(tile, width - column * tile), height: Math.min(tile, height - row * tile) }
      await doStep(p, { paint: { screen, ...place, colour: colourOf(column, row - down) } }, { kind: 'do', value, check: undefined, withinMs: 0, note: '' })
    }
  return undefined
}
