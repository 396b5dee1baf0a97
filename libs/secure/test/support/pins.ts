/** PINs for properties. */
import fc from 'fast-check'
import { makePin } from '../../src/pin.js'

/** So many digits. */
export const digits = (min: number, max: number): fc.Arbitrary<string> =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: min, maxLength: max }).map(list => list.join(''))

/** Any PIN. */
export const pins = fc.tuple(digits(4, 9), digits(6, 6)).map(([locator, secret]) => makePin(locator, secret))
