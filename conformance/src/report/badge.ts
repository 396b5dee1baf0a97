/** The verdict as a badge: an SVG of its own, in the usual shape. */
import type { RunReport } from '../model.js'
import { escapeXml } from './junit.js'

const COLOURS = { conformant: '#1a7f4b', partial: '#9a6700', failed: '#c2362b' } as const
/** Verdana at 11 px is not measured here: an average that leaves no letter outside. */
const LETTER_PX = 6.8
const PADDING_PX = 12

/** “remote assist 1.0 · customer | conformant”. */
export function renderBadge({ verdict, role, spec }: Pick<RunReport, 'verdict' | 'role' | 'spec'>): string {
  const label = `remote assist ${spec} · ${role}`
  const left = Math.round(label.length * LETTER_PX) + PADDING_PX
  const right = Math.round(verdict.length * LETTER_PX) + PADDING_PX
  const text = (content: string, x: number) => `<text x="${x}" y="14">${escapeXml(content)}</text>`
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${left + right}" height="20" role="img" aria-label="${escapeXml(`${label}: ${verdict}`)}">`,
    `<clipPath id="r"><rect width="${left + right}" height="20" rx="3"/></clipPath>`,
    `<g clip-path="url(#r)"><rect width="${left}" height="20" fill="#3d444d"/><rect x="${left}" width="${right}" height="20" fill="${COLOURS[verdict]}"/></g>`,
    `<g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">${text(label, left / 2)}${text(verdict, left + right / 2)}</g>`,
    '</svg>\n',
  ].join('')
}
