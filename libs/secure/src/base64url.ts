/** Bytes as text that a URL can carry. */

/** So many characters are made at one time: each is an argument, and a call takes only so many of them. */
const CHARACTERS_AT_ONCE = 8_192

/** Bytes in base64url without padding (RFC 4648 §5). */
export function toBase64Url(bytes: Uint8Array): string {
  let binary = ''
  for (let at = 0; at < bytes.length; at += CHARACTERS_AT_ONCE) binary += String.fromCharCode(...bytes.subarray(at, at + CHARACTERS_AT_ONCE))
  return btoa(binary).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
}

/** Bytes from base64url; undefined if the text is none, or not in its one canonical form. */
export function fromBase64Url(text: string): Uint8Array | undefined {
  if (!/^[\w-]*$/.test(text) || text.length % 4 === 1) return undefined
  const binary = atob(text.replace(/-/g, '+').replace(/_/g, '/'))
  const bytes = Uint8Array.from(binary, char => char.charCodeAt(0))
  return toBase64Url(bytes) === text ? bytes : undefined
}
