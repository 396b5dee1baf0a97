import { type CryptoKey, exportJWK, generateKeyPair, type JSONWebKeySet, type JWTPayload, SignJWT } from 'jose'
import type { IssuerOptions } from '../src/index.js'

const ISSUER = 'https://login.example'
const AUDIENCE = 'https://assist.example'

/** Signs tokens of agents, right ones and wrong ones. */
export class Issuer {
  #issued = 0

  private constructor(
    readonly options: IssuerOptions & { readonly keys: JSONWebKeySet },
    readonly privateKey: CryptoKey,
  ) {}

  static async make(): Promise<Issuer> {
    const { publicKey, privateKey } = await generateKeyPair('EdDSA', { extractable: true })
    const key = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'EdDSA' }
    return new Issuer({ issuer: ISSUER, audience: AUDIENCE, keys: { keys: [key] } }, privateKey)
  }

  /** The claims of a token that is right at that time. */
  claims(nowMs: number, tenant = 'acme'): JWTPayload {
    const iat = Math.floor(nowMs / 1_000)
    return { iss: ISSUER, aud: AUDIENCE, sub: 'ada', tenant, jti: `id-${++this.#issued}`, iat, exp: iat + 300 }
  }

  sign(claims: JWTPayload, key: CryptoKey | Uint8Array = this.privateKey, alg = 'EdDSA'): Promise<string> {
    return new SignJWT(claims).setProtectedHeader({ alg, kid: 'one' }).sign(key)
  }

  /** A token that is right at that time. */
  token(nowMs: number, tenant?: string): Promise<string> {
    return this.sign(this.claims(nowMs, tenant))
  }

  /** An `Authorization` header with such a token. */
  async header(nowMs: number, tenant?: string): Promise<{ readonly authorization: string }> {
    return { authorization: `Bearer ${await this.token(nowMs, tenant)}` }
  }
}
