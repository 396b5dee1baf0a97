/** Whose word counts for a broker's certificate. */
import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'

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
