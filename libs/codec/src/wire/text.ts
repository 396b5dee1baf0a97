// The platform's UTF-8, which every browser and Node have: named here so that the package needs the types of neither.
declare const TextEncoder: new () => { encodeInto(text: string, into: Uint8Array): { readonly written: number } }
declare const TextDecoder: new (label: 'utf-8', options: { fatal: boolean; ignoreBOM: boolean }) => { decode(bytes: Uint8Array): string }

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Writes text as UTF-8 at the beginning of `into`, which has room, and returns how many bytes it took. A lone surrogate becomes U+FFFD. */
export function writeUtf8(text: string, into: Uint8Array): number {
  return encoder.encodeInto(text, into).written
}

/** Returns the text of these bytes, a byte order mark included. Throws `TypeError` if they are not UTF-8. */
export function readUtf8(bytes: Uint8Array): string {
  return decoder.decode(bytes)
}
