import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import pixelmatch from 'pixelmatch'
import { PNG } from 'pngjs'

/** The pictures that are right. */
const RIGHT = new URL('pictures/', import.meta.url)
/** Where those go that are not, for a person to look at. */
const WRONG = new URL('../../../.cache/pictures/', import.meta.url)

/** The largest share of pixels that may differ from the picture that is right: one in a thousand. */
export const MOST_DIFFERING = 0.001
/** How far a colour may be from the right one, 0–1: so little that nobody sees it. */
const SAME_COLOUR = 0.02

/** How a picture differs from the one that is right. */
export interface Difference {
  /** Of all pixels, 0–1; 1 if the picture has another size. */
  readonly share: number
  /** Where it differs, as PNG; undefined if it is the same, or has another size. */
  readonly where: Buffer | undefined
}

/** Compares a picture with the one of this name that is right. Softened edges, which machines draw a little differently, do not count. */
export function differenceOf(name: string, taken: Buffer): Difference {
  const right = readFileSync(new URL(`${name}.png`, RIGHT))
  if (taken.equals(right)) return { share: 0, where: undefined }
  const expected = PNG.sync.read(right)
  const actual = PNG.sync.read(taken)
  const { width, height } = expected
  if (actual.width !== width || actual.height !== height) return { share: 1, where: undefined }
  const diff = new PNG({ width, height })
  const pixels = pixelmatch(expected.data, actual.data, diff.data, width, height, { threshold: SAME_COLOUR })
  return { share: pixels / (width * height), where: PNG.sync.write(diff) }
}

/** Keeps a picture that differs for a person to look at. Returns what to tell them. */
export function keepForALook(name: string, taken: Buffer, { where }: Difference): string {
  mkdirSync(WRONG, { recursive: true })
  writeFileSync(new URL(`${name}.png`, WRONG), taken)
  if (where !== undefined) writeFileSync(new URL(`${name}-where.png`, WRONG), where)
  return `${name} looks different: see ${fileURLToPath(WRONG)}. If it should look like that: npm run screenshots -- --accept`
}
