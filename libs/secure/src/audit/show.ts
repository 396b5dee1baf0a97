/** A log for people: each entry in a line, at any time, also while the session goes on. */
import { readLine } from './lines.js'

const LINE_FEED = 0x0a

/** The lines of a log's file as people read them: the time, what happened, and its details. What is no line of a log is named by its number. Nothing is verified. */
export function showAudit(file: Uint8Array): readonly string[] {
  const shown: string[] = []
  for (let from = 0, number = 1; from < file.length; number++) {
    const end = file.indexOf(LINE_FEED, from)
    const line = readLine(file.subarray(from, end < 0 ? file.length : end))
    from = end < 0 ? file.length : end + 1
    if (line === undefined) shown.push(`Line ${number} is no line of an audit log.`)
    else if (line.type === 'entry') shown.push(sentence(line.record))
  }
  return shown
}

/** Details may hold what others chose: nothing of it moves a cursor or ends a line. */
const plain = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '·')

const sentence = ({ at, kind, details }: { readonly at: number; readonly kind: string; readonly details: Readonly<Record<string, string>> }): string => {
  const time = Math.abs(at) <= 8.64e15 ? new Date(at).toISOString() : String(at)
  const told = Object.entries(details).map(([name, value]) => ` · ${name} ${value === '' ? '–' : plain(value)}`)
  return `${time}  ${kind}${told.join('')}`
}
