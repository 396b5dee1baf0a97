/** Whether two values of plain data are the same: primitives, arrays, byte arrays and records, to any depth. */
export function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const left = Object.entries(a)
  const right = b as { readonly [key: string]: unknown }
  return left.length === Object.keys(b).length && left.every(([key, value]) => key in right && same(value, right[key]))
}
