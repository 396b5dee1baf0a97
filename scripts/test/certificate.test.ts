import { X509Certificate } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Certificate, makeCertificate } from '@remote-assist/transport/certificates'
import { afterAll, expect, test } from 'vitest'
import { certificateFor } from '../start/certificate.mjs'
import { describeWith } from './programs.js'

const folder = mkdtempSync(join(tmpdir(), 'certificate-test-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Where a certificate and its key are written. */
function filesOf(name: string, { cert, key }: Certificate) {
  const files = { cert: join(folder, `${name}.pem`), key: join(folder, `${name}-key.pem`) }
  writeFileSync(files.cert, cert)
  writeFileSync(files.key, key)
  return files
}

describeWith(['openssl'], 'the certificate of npm start -- --public', () => {
  test.each(['assist.example', '192.0.2.7', '2001:db8::7'])('is the one that was given, for %s', host => {
    const given = makeCertificate({ names: [host], days: 30 })
    const files = filesOf('given', given)
    expect(certificateFor(host, files)).toEqual({ ...files, isOurs: false, fingerprint: new X509Certificate(given.cert).fingerprint256 })
  })

  test.each([
    ['for somebody else', 'other.example', 30, /is not for assist\.example/],
    ['about to be over', 'assist.example', 1, /is good until .* only/],
  ])('is not taken where it is %s', (_what, name, days, message) => {
    expect(() => certificateFor('assist.example', filesOf('wrong', makeCertificate({ names: [name], days })))).toThrow(message)
  })

  test('is not taken without its key, or where there is none', () => {
    const { cert, key } = filesOf('half', makeCertificate({ names: ['assist.example'], days: 30 }))
    expect(() => certificateFor('assist.example', { cert, key: undefined })).toThrow('--tls-cert and --tls-key belong together.')
    expect(() => certificateFor('assist.example', { cert, key: join(folder, 'no-such-key') })).toThrow(/There is no file .*no-such-key/)
    expect(() => certificateFor('assist.example', { cert: key, key })).toThrow(/is not a certificate in PEM/)
  })
})
