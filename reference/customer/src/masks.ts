/** What a person says beforehand that nobody is ever to see. */
import type { Mask, ScreenInfo } from '@remote-assist/peer'

/** A region of a screen, which is counted from 1 in the order in which agents see them. */
export interface MaskChoice extends Omit<Mask, 'screenId'> {
  readonly screen: number
}

/** Reads `--mask`: `SCREEN:X,Y,WIDTHxHEIGHT`, in the screen's pixels. Throws `RangeError` with a sentence for a person if it is none. */
export function parseMask(text: string): MaskChoice {
  const numbers = /^(\d{1,2}):(\d{1,5}),(\d{1,5}),(\d{1,5})x(\d{1,5})$/.exec(text)?.slice(1).map(Number) ?? []
  const [screen = 0, x = 0, y = 0, width = 0, height = 0] = numbers
  if (screen < 1 || width < 1 || height < 1)
    throw new RangeError('It is a screen and a region of it, such as 1:0,0,400x300: from its top left corner, 400 wide and 300 high.')
  return { screen, x, y, width, height }
}

/** The regions on the screens that there are. */
export const masksOn = (screens: readonly ScreenInfo[], choices: readonly MaskChoice[]): readonly Mask[] =>
  choices.flatMap(({ screen, ...rect }) => {
    const screenId = screens[screen - 1]?.id
    return screenId === undefined ? [] : [{ screenId, ...rect }]
  })
