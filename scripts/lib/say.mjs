/** What a person sees: a few marks and colours, none of them where the output is not a terminal or NO_COLOR is set. */

const coloured = process.stdout.isTTY === true && process.env.NO_COLOR === undefined
const paint = code => text => (coloured ? `\u001b[${code}m${text}\u001b[0m` : text)

export const bold = paint('1')
export const dim = paint('2')
export const red = paint('31')
export const green = paint('32')
export const yellow = paint('33')

/** Prints one line. */
export function say(line = '') {
  process.stdout.write(`${line}\n`)
}

/** Shows `text` on the terminal's last line, in place of what stood there; does nothing where the output is not a terminal. */
export function progress(text = '') {
  if (process.stdout.isTTY !== true) return
  process.stdout.write(`\r\u001b[2K${text.slice(0, Math.max(0, (process.stdout.columns ?? 80) - 1))}`)
}

/** `ms` milliseconds as a person says it: `0.4 s`, `12.3 s`, `2 min 05 s`. */
export function duration(ms) {
  const seconds = ms / 1000
  if (seconds < 60) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`
}
