import { generateKeyPairSync, randomUUID, sign } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

const ISSUER = 'npm-start'
const LIFE_S = 60

/**
 * Signs tokens of agents for the broker that `npm start` runs, as an operator's login service would. Its key lives as long as the household.
 *
 * @param {import('../lib/household.mjs').Household} household
 * @returns {{ args: string[], token: () => string }} `args`: tell the broker to take its tokens; `token`: a fresh one, good for one request
 */
export function makeIssuer(household, audience) {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const keys = join(household.folder(), 'keys.json')
  writeFileSync(keys, JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), alg: 'EdDSA' }] }))
  return {
    args: ['--jwt-issuer', ISSUER, '--jwt-audience', audience, '--jwt-keys', keys],
    token() {
      const iat = Math.floor(Date.now() / 1_000)
      const claims = { iss: ISSUER, aud: audience, sub: 'npm start', tenant: 'demo', jti: randomUUID(), iat, exp: iat + LIFE_S }
      const signed = [{ alg: 'EdDSA' }, claims].map(part => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
      return `${signed}.${sign(null, Buffer.from(signed), privateKey).toString('base64url')}`
    },
  }
}
