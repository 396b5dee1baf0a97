/** Builds protobuf bytes by hand, also wrong ones. Numbers are field numbers; values follow. */
export const varint = (value: number | bigint): number[] => {
  const bytes: number[] = []
  let rest = BigInt(value)
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80)
  return [...bytes, Number(rest)]
}

/** A field that holds a number. */
export const number = (field: number, value: number | bigint): number[] => [...varint(field * 8), ...varint(value)]

/** A field that holds bytes. */
export const delimited = (field: number, bytes: Iterable<number>): number[] => {
  const list = [...bytes]
  return [...varint(field * 8 + 2), ...varint(list.length), ...list]
}

/** UTF-8. */
export const text = (value: string): Uint8Array => new TextEncoder().encode(value)

/** Bytes of these parts. */
export const bytes = (...parts: Iterable<number>[]): Uint8Array => Uint8Array.from(parts.flatMap(part => [...part]))
