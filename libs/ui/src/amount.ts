const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const

/** A size as people say it in a language (BCP 47), in powers of 1024: `1.4 GB`. */
export function amount(bytes: number, { locale }: { readonly locale: string }): string {
  let size = Math.max(0, bytes)
  let unit = 0
  while (size >= 1_024 && unit < UNITS.length - 1) {
    size /= 1_024
    unit++
  }
  const digits = unit > 0 && size < 100 ? 1 : 0
  return `${size.toLocaleString(locale, { maximumFractionDigits: digits })} ${UNITS[unit]}`
}
