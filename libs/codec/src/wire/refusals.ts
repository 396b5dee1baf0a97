import { DecodeError, EncodeError } from '../errors.js'

/** Returns the error for a field, or oneof, that occurs a second time. */
export const twice = (path: string): DecodeError => new DecodeError('DUPLICATE_FIELD', `${path} occurs twice, or beside another member of its oneof`)

/** Returns the error for a field that may not be empty or 0, and is absent. */
export const missing = (path: string): DecodeError => new DecodeError('MISSING_FIELD', `${path} is missing`)

/** Returns the error for a length that is more than what there is. */
export const truncated = (path: string): DecodeError => new DecodeError('TRUNCATED', `${path} runs past its end`)

/** Returns the error for a number that is not from `min` to `max`. */
export function outOfRange(path: string, value: number | bigint, min: number | bigint, max: number | bigint, orZero = false): DecodeError {
  return new DecodeError('OUT_OF_RANGE', `${path} is ${value}; ${min} to ${max} are allowed${orZero ? ', or 0' : ''}`)
}

/** Returns the error for a string or bytes that do not have from `min` to `max` bytes. */
export function badSize(path: string, size: number, min: number, max: number): DecodeError {
  return size > max
    ? new DecodeError('FIELD_TOO_LARGE', `${path} has ${size} bytes; at most ${max} are allowed`)
    : new DecodeError('FIELD_TOO_SMALL', `${path} has ${size} bytes; at least ${min} are needed`)
}

/** Returns the error for an item beyond the last that is allowed. */
export const tooManyItems = (path: string, max: number): DecodeError => new DecodeError('TOO_MANY_ITEMS', `${path} has more than ${max} items`)

/** Returns the error for fewer items than needed. */
export function tooFewItems(path: string, count: number, min: number): DecodeError {
  return new DecodeError('TOO_FEW_ITEMS', `${path} has ${count} items; at least ${min} are needed`)
}

/** Returns the error for items that are too long together. */
export const tooLargeTogether = (path: string, max: number): DecodeError => new DecodeError('FIELD_TOO_LARGE', `${path} has more than ${max} bytes in all`)

/** Returns the error for a message whose receiver would refuse it for this. */
export const unsendable = (refusal: DecodeError): EncodeError => new EncodeError(refusal.message, { cause: refusal })
