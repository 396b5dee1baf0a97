import { X509Certificate } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { hasOpenssl, makeCertificate } from '@remote-assist/transport/certificates'

const DAYS = 90
const DAY_MS = 86_400_000

/**
 * The certificate with which this machine is `host`: the one that was given, or one that it made for itself, now or earlier.
 *
 * @param {string} host
 * @param {{ cert: string | undefined, key: string | undefined }} given files
 * @returns {{ cert: string, key: string, fingerprint: string, isOurs: boolean }} `cert` and `key`: files; `fingerprint`: SHA-256, as browsers show it
 */
export function certificateFor(host, given) {
  if ((given.cert === undefined) !== (given.key === undefined)) throw new Error('--tls-cert and --tls-key belong together.')
  const isOurs = given.cert === undefined
  const files = isOurs ? ownCertificate(host) : given
  for (const file of [files.cert, files.key]) if (!existsSync(file)) throw new Error(`There is no file ${file}.`)
  const fault = faultOf(host, files.cert)
  if (fault !== undefined) throw new Error(`${files.cert} ${fault}.`)
  return { ...files, isOurs, fingerprint: new X509Certificate(readFileSync(files.cert)).fingerprint256 }
}

/** Made once for each host and kept, so that who trusts it need not do so again. */
function ownCertificate(host) {
  const folder = join(process.env.XDG_STATE_HOME ?? join(homedir(), '.local', 'state'), 'remote-assist', 'tls', host.replaceAll(':', '_'))
  const files = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') }
  if (existsSync(files.cert) && existsSync(files.key) && faultOf(host, files.cert) === undefined) return files
  if (!hasOpenssl()) {
    throw Object.assign(new Error('There is no certificate, and none can be made: openssl is not installed.'), {
      hint: 'Install openssl, or give --tls-cert and --tls-key.',
    })
  }
  const { cert, key } = makeCertificate({ names: [host], days: DAYS })
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  writeFileSync(files.key, key, { mode: 0o600 })
  writeFileSync(files.cert, cert)
  return files
}

/** Why a certificate is not good for that host for another day; undefined if it is. */
function faultOf(host, file) {
  let certificate
  try {
    certificate = new X509Certificate(readFileSync(file))
  } catch {
    return 'is not a certificate in PEM'
  }
  const isFor = isIP(host) === 0 ? certificate.checkHost(host) : certificate.checkIP(host)
  if (isFor === undefined) return `is not for ${host}`
  if (Date.parse(certificate.validTo) < Date.now() + DAY_MS) return `is good until ${certificate.validTo} only`
  return undefined
}
