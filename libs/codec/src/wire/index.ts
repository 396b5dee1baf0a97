export { BinaryReader, NO_BYTES } from './reader.js'
export { missing, tooFewItems, tooLargeTogether, tooManyItems, twice, unsendable } from './refusals.js'
export { BinaryWriter } from './writer.js'
