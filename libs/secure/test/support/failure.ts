import { expect } from 'vitest'
import { SecureError, type SecureErrorCode } from '../../src/index.js'

/** The code of the `SecureError` that this throws or rejects with; undefined if it does neither. Any other error is passed on: nothing else may be thrown. */
export async function failure(action: () => unknown): Promise<SecureErrorCode | undefined> {
  try {
    await action()
    return undefined
  } catch (error) {
    expect(error).toBeInstanceOf(SecureError)
    return (error as SecureError).code
  }
}
