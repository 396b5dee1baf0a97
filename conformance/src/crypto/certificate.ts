import { generateKeyPairSync, sign } from 'node:crypto'
import { utf8 } from './bytes.js'

/** Certificates that nobody vouches for (RFC 5280, in DER). */

const DAY_MS = 86_400_000
const SEQUENCE = 0x30
const COMMON_NAME = '550403'
const SUBJECT_ALT_NAME = '551d11'
const ECDSA_WITH_SHA256 = '2a8648ce3d040302'

/** An element: its tag, its length, what is in it. */
function der(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content)
  const length = body.length < 0x80 ? [body.length] : body.length < 0x100 ? [0x81, body.length] : [0x82, body.length >> 8, body.length & 0xff]
  return Buffer.concat([Uint8Array.of(tag, ...length), body])
}

const integer = (value: number): Buffer => der(0x02, Uint8Array.of(value))
const oid = (encoded: string): Buffer => der(0x06, Buffer.from(encoded, 'hex'))
/** `261123010203Z` */
const time = (ms: number): Buffer => der(0x17, utf8(`${new Date(ms).toISOString().replaceAll(/\D/g, '').slice(2, 14)}Z`))
const bits = (bytes: Uint8Array): Buffer => der(0x03, Uint8Array.of(0), bytes)

/** A certificate for this IPv4 address that is valid today, and that its own key has signed (P-256), with that key; both in PEM. */
export function selfSigned(address: string): { readonly cert: string; readonly key: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const algorithm = der(SEQUENCE, oid(ECDSA_WITH_SHA256))
  const name = der(SEQUENCE, der(0x31, der(SEQUENCE, oid(COMMON_NAME), der(0x0c, utf8(address)))))
  const names = der(SEQUENCE, der(0x87, Uint8Array.from(address.split('.').map(Number))))
  const extensions = der(0xa3, der(SEQUENCE, der(SEQUENCE, oid(SUBJECT_ALT_NAME), der(0x04, names))))
  const validity = der(SEQUENCE, time(Date.now() - DAY_MS), time(Date.now() + DAY_MS))
  const subjectKey = publicKey.export({ type: 'spki', format: 'der' })
  const said = der(SEQUENCE, der(0xa0, integer(2)), integer(1), algorithm, name, validity, name, subjectKey, extensions)
  const certificate = der(SEQUENCE, said, algorithm, bits(sign('sha256', said, privateKey)))
  const lines = certificate.toString('base64').replaceAll(/(.{64})/g, '$1\n')
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}
