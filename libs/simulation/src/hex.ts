const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** Two digits for each byte. */
export function hex(value: Uint8Array): string {
  let text = ''
  for (const byte of value) text += HEX[byte]
  return text
}
