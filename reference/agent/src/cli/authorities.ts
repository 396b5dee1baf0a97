/** Whose word counts for a broker's certificate. */
import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { Fetch } from '@remote-assist/peer'

/** Reads `--ca`: certificates of authorities in PEM. Throws `RangeError` with a sentence for a person if the file has none. */
export function readAuthorities(file: string): string {
  try {
    const pem = readFileSync(file, 'utf8')
    new X509Certificate(pem)
    return pem
  } catch (cause) {
    throw new RangeError(`${file} has no certificate in PEM.`, { cause })
  }
}

/** The control API's answers are small; more than so many bytes are none. */
const MAX_ANSWER_BYTES = 1_048_576

/** `fetch` for the control API of a broker whose certificate one of these authorities signed, and no other. */
export const fetchTrusting =
  (ca: string): Fetch =>
  (url, { method, headers, body, signal }) =>
    new Promise((resolve, reject) => {
      const options = { method, headers, ca, minVersion: 'TLSv1.3', ...(signal === undefined ? {} : { signal }) } as const
      const sent = (url.startsWith('https:') ? httpsRequest : httpRequest)(url, options, answer => {
        const { statusCode: status = 0 } = answer
        const whole = bytesOf(answer)
        whole.then(bytes => resolve({ ok: status >= 200 && status < 300, status, json: async () => JSON.parse(bytes.toString('utf8')) }), reject)
      })
      sent.on('error', reject)
      sent.end(body)
    })

async function bytesOf(answer: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of answer) {
    size += chunk.length
    if (size > MAX_ANSWER_BYTES) throw new RangeError(`The answer has more than ${MAX_ANSWER_BYTES} bytes.`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
