/** The middle of the values; the mean of the two in the middle where their number is even. Throws `RangeError` if there are none. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** The value below which a part of the values lies, 0–1, interpolated between neighbours. Throws `RangeError` if there are none. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (sorted.length - 1) * part
  const below = sorted[Math.floor(at)]
  const above = sorted[Math.ceil(at)]
  if (below === undefined || above === undefined) throw new RangeError('There is no value.')
  return below + (above - below) * (at - Math.floor(at))
}

/** How far the middle half of the values reaches, as a part of their median: 0 if all are alike. */
export function spread(values: readonly number[]): number {
  return (quantile(values, 0.75) - quantile(values, 0.25)) / median(values)
}
