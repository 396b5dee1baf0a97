/** Writes reports. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { RunReport } from '../model.js'
import type { Registry } from '../registry/index.js'
import { renderBadge, renderHtml, renderJson, renderJunit, renderMarkdown } from '../report/index.js'
import type { Reporter } from './options.js'

const FILE: Readonly<Record<Reporter, string>> = { json: 'report.json', junit: 'junit.xml', html: 'report.html', md: 'report.md', badge: 'badge.svg' }

/** Writes a file for each reporter into the folder, and returns their paths. */
export function writeReports(
  report: RunReport,
  registry: Registry,
  folder: string,
  reporters: readonly Reporter[],
  docs: string | undefined,
): readonly string[] {
  const render: Readonly<Record<Reporter, () => string>> = {
    json: () => renderJson(report),
    junit: () => renderJunit(report),
    html: () => renderHtml(report, registry, docs),
    md: () => renderMarkdown(report, registry),
    badge: () => renderBadge(report),
  }
  mkdirSync(folder, { recursive: true })
  return reporters.map(reporter => {
    const path = resolve(join(folder, FILE[reporter]))
    writeFileSync(path, render[reporter]())
    return path
  })
}
