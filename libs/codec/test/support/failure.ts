import { DecodeError, type DecodeErrorCode } from '@remote-assist/codec'

/** Returns the code of the DecodeError that `decode` throws; undefined if it succeeds. Any other error is passed on, and fails the test. */
export function failureOf(decode: () => unknown): DecodeErrorCode | undefined {
  try {
    decode()
    return undefined
  } catch (error) {
    if (error instanceof DecodeError) return error.code
    throw error
  }
}
