import { lookup } from 'node:dns/promises'
import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import { certificateFor } from './certificate.mjs'
import { makeIssuer } from './issuer.mjs'

const LOOPBACK_PORT = 8080
const PUBLIC_PORT = 8443

/**
 * How the broker is reached: on this machine alone, or under a name by others as well, over TLS and with tokens of agents.
 *
 * @typedef {object} Reach
 * @property {string} host the address to listen on
 * @property {number} firstPort
 * @property {(port: number) => string} urlOf the base URL
 * @property {(port: number) => string[]} argsFor further arguments of the broker's program
 * @property {() => { token?: string, ca?: string }} access what a request to the control API needs
 * @property {Record<string, string>} env what programs need to trust it
 * @property {{ host: string, cert: string, fingerprint: string, isOurs: boolean } | undefined} tls
 */

/** @returns {Reach} */
export const onLoopback = () => ({
  host: '127.0.0.1',
  firstPort: LOOPBACK_PORT,
  urlOf: port => `http://127.0.0.1:${port}`,
  argsFor: () => [],
  access: () => ({}),
  env: {},
  tls: undefined,
})

/**
 * @param {import('../lib/household.mjs').Household} household
 * @param {string} host the name or address of this machine, as others know it
 * @param {{ cert: string | undefined, key: string | undefined }} given the files of a certificate; without them one is made
 * @returns {Promise<Reach>}
 */
export async function inPublic(household, host, given) {
  if (!/^[0-9a-z.:-]+$/i.test(host)) throw new Error(`--public takes a name or an address of this machine, such as 192.0.2.7, not ${host}.`)
  const address = await addressOf(host)
  const { cert, key, fingerprint, isOurs } = certificateFor(host, given)
  const urlOf = port => `https://${isIP(host) === 6 ? `[${host}]` : host}:${port}`
  const issuer = makeIssuer(household, host)
  return {
    host: address,
    firstPort: PUBLIC_PORT,
    urlOf,
    argsFor: port => ['--public-url', urlOf(port), '--tls-cert', cert, '--tls-key', key, ...issuer.args],
    access: () => ({ token: issuer.token(), ca: readFileSync(cert, 'utf8') }),
    env: { NODE_EXTRA_CA_CERTS: cert },
    tls: { host, cert, fingerprint, isOurs },
  }
}

/** This machine's address of that name; every one of its addresses where the name leads to a machine in front of it. */
async function addressOf(host) {
  const { address } = await lookup(host).catch(() => {
    throw new Error(`Nobody knows a machine named ${host}.`)
  })
  const own = Object.values(networkInterfaces()).flatMap(addresses => addresses.map(({ address: one }) => one))
  return own.includes(address) ? address : '0.0.0.0'
}
