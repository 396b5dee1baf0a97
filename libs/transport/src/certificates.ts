/** Certificates for tests and demonstrations, made with the program `openssl`. A service that others rely on gets its own from an authority. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A certificate and its private key, in PEM. */
export interface Certificate {
  readonly cert: string
  readonly key: string
}

/** What a certificate is to say. */
export interface CertificateOptions {
  /** IP addresses and DNS names that it is for. Default none. */
  readonly names?: readonly string[]
  /** How many days it is good for, from now; less than 0 for one that has expired. Default 2. */
  readonly days?: number
  /** It may sign others. Default false. */
  readonly isAuthority?: boolean
  /** Who signs it. Default: it signs itself. */
  readonly issuer?: Certificate
}

/** Whether `openssl` is installed. */
export const hasOpenssl = (): boolean => spawnSync('openssl', ['version']).status === 0

/** Makes a certificate and its key (P-256). Throws, with what `openssl` said, if that fails. */
export function makeCertificate({ names = [], days = 2, isAuthority = false, issuer }: CertificateOptions = {}): Certificate {
  const folder = mkdtempSync(join(tmpdir(), 'certificate-'))
  const file = (name: string) => join(folder, name)
  const openssl = (...args: readonly string[]) => void execFileSync('openssl', args, { stdio: 'pipe' })
  try {
    const usage = isAuthority ? ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign'] : ['basicConstraints=critical,CA:FALSE']
    const alternatives = names.map(name => `${isIP(name) === 0 ? 'DNS' : 'IP'}:${name}`)
    writeFileSync(file('extensions'), [...usage, ...(names.length === 0 ? [] : [`subjectAltName=${alternatives.join(',')}`])].join('\n'))
    const subject = `/CN=${names[0] ?? 'authority'}`
    openssl('req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', file('key'), '-out', file('request'), '-subj', subject)
    const key = readFileSync(file('key'), 'utf8')
    if (issuer !== undefined) for (const part of ['cert', 'key'] as const) writeFileSync(file(`issuer-${part}`), issuer[part], { mode: 0o600 })
    const signer = issuer === undefined ? ['-signkey', file('key')] : ['-CA', file('issuer-cert'), '-CAkey', file('issuer-key')]
    openssl('x509', '-req', '-in', file('request'), ...signer, '-days', String(days), '-extfile', file('extensions'), '-out', file('cert'))
    return { cert: readFileSync(file('cert'), 'utf8'), key }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
