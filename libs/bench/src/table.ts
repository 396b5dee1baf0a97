import type { Row } from './row.js'

const COLUMNS = [
  { title: 'what', width: 42, text: ({ name }: Row) => name },
  { title: 'unit', width: 10, text: ({ unit }: Row) => unit },
  { title: 'ours', width: 10, text: ({ ours }: Row) => figure(ours) },
  { title: 'peer', width: 10, text: ({ peer }: Row) => figure(peer) },
  { title: 'ratio', width: 7, text: ({ ratio }: Row) => ratio.toFixed(2) },
  { title: 'goal', width: 8, text: ({ goal }: Row) => goal },
  { title: '', width: 9, text: ({ met, noisy }: Row) => `${met ? 'met' : 'MISSED'}${noisy ? ' ~' : ''}` },
  { title: 'peer', width: 0, text: ({ peer_name }: Row) => peer_name },
] as const

/** The line above the rows. */
export const HEADING = COLUMNS.map(({ title, width }) => title.padEnd(width)).join(' ')

/** A row as a line for a person. */
export const lineOf = (row: Row): string => COLUMNS.map(({ width, text }) => text(row).padEnd(width)).join(' ')

/** A number with about three digits that count: `1.24 M`, `12.4 k`, `824`, `0.31`. */
export function figure(value: number): string {
  if (value >= 1e6) return `${(value / 1e6).toPrecision(3)} M`
  if (value >= 1e4) return `${(value / 1e3).toPrecision(3)} k`
  return value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)))
}
