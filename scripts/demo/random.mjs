import { randomBytes, randomInt } from 'node:crypto'

/** Everything that was made up so far, for whoever looks for it where it must not be. */
export const madeUp = { texts: [], bytes: [], passwords: [] }

const kept = (list, value) => {
  list.push(value)
  return value
}

const NAMES = ['Ada', 'Grace', 'Zoë', 'Jürgen', 'Mélanie', 'Søren', 'Aiko', 'Nkechi']

/** A name that was not there before. */
export const someName = () => `${NAMES[randomInt(NAMES.length)]} ${randomBytes(3).toString('hex')}`

/** A line of text that was not there before, with letters that a US keyboard lacks. */
export const someText = () => kept(madeUp.texts, `Größe ${randomInt(1_000)} € – ${randomBytes(8).toString('hex')}`)

/** A password that nobody knows. */
export const somePassword = () => kept(madeUp.passwords, `pass wörd ${randomBytes(8).toString('hex')}`)

/** Bytes that nobody knows, 1 to `most` of them. */
export const someBytes = most => kept(madeUp.bytes, randomBytes(randomInt(1, most + 1)))

/** A colour that stands out from any other by its own randomness, `[red, green, blue]`. */
export const someColour = () => [randomInt(256), randomInt(256), randomInt(256)]

/** A colour as X and CSS write it. */
export const hexOf = colour => `#${Buffer.from(colour).toString('hex')}`
