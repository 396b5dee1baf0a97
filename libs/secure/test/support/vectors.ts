/** The worked examples of the specification. */
import { readFileSync } from 'node:fs'

/** What one end begins with. */
export interface End {
  readonly random: string
  /** Of its session key. */
  readonly seed: string
  readonly publicKey: string
  readonly credential: string
  readonly version: { readonly minMinor: number; readonly maxMinor: number }
  readonly capabilities: readonly string[]
  readonly role: number
}
/** What follows for one end. */
type EndValues = Readonly<Record<'nonce' | 'scalar' | 'share' | 'associatedData', string>>
/** One handshake, with everything in it. Bytes in hex. */
export interface Vector {
  readonly name: string
  readonly inputs: Readonly<Record<'sessionId' | 'suite' | 'secretId' | 'password', string>> &
    Readonly<Record<'customerNumber' | 'joinerNumber' | 'passwordClass', number>> &
    Readonly<Record<'customer' | 'joiner', End>> & { readonly policy: Readonly<Record<string, number | boolean | readonly number[]>> | null }
  readonly values: Readonly<
    Record<
      | 'policyHash'
      | 'sid'
      | 'channelIdentifier'
      | 'generator'
      | 'commitment'
      | 'point'
      | 'isk'
      | 'customerTag'
      | 'joinerTag'
      | 'customerProof'
      | 'joinerProof'
      | 'transcript'
      | 'prk',
      string
    >
  > &
    Readonly<Record<'customer' | 'joiner', EndValues>>
  readonly outputs: {
    readonly traffic: readonly { readonly channel: number; readonly fromCustomer: string; readonly fromJoiner: string }[]
    readonly words: readonly string[]
    readonly resume: { readonly secret: string; readonly name: string }
    readonly audit: string
    readonly minor: number
  }
}

/** All of them. */
export const VECTORS: readonly Vector[] = JSON.parse(readFileSync(new URL('../../../../docs/spec/vectors/handshake.json', import.meta.url), 'utf8')).vectors
