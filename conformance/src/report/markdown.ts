/** The report as Markdown, for a summary of a CI job or a comment. */
import type { RunReport } from '../model.js'
import type { Registry } from '../registry/index.js'
import { byProfile, counted, culprit, duration, isProven, reasonOf, slowOnes, troubles, unkept } from './summary.js'

const MARK = { conformant: '✅', partial: '🟡', failed: '❌', untested: '⚪' } as const
/** So many failures are told in full. */
const TOLD = 50

/** Text that stays text, in a cell of a table as well. */
export const escapeMarkdown = (text: string): string =>
  text
    .replaceAll(/[\r\n]+/g, ' ')
    .replaceAll(/[\\`*_{}[\]()#+!|~$@:]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')

/** Text in code marks. */
const code = (text: string): string => {
  const fence = '`'.repeat(Math.max(0, ...(text.match(/`+/g) ?? []).map(run => run.length)) + 1)
  return `${fence} ${text.replaceAll(/[\r\n]+/g, ' ').replaceAll('|', '\\|')} ${fence}`
}

/** The whole report. */
export function renderMarkdown(report: RunReport, registry: Registry): string {
  const { implementation, role, spec, verdict } = report
  const musts = report.requirements.filter(({ level }) => level === 'MUST')
  const lines = [
    `# ${MARK[verdict]} ${escapeMarkdown(implementation.name)} ${escapeMarkdown(implementation.version)} as ${role}: ${verdict}`,
    '',
    `Remote Assist Protocol ${spec} · ${counted(report.cases, 'case')} · ${counted(report.checks, 'check')}, ${report.passed} passed, ${report.failed} failed, ${report.warned} warned · ` +
      `${report.skipped} skipped · ${report.broken} broken · ${musts.filter(isProven).length} of ${counted(musts.length, 'MUST')} proven · ${duration(report.seconds)}`,
    '',
    '| profile | verdict | cases | passed | failed | warned | skipped | broken | MUSTs proven |',
    '| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...byProfile(report, registry).map(
      line =>
        `| ${line.profile} | ${MARK[line.verdict]} ${line.verdict} | ${line.cases} | ${line.passed} | ${line.failed} | ${line.warned} | ${line.skipped} | ${line.broken} | ${line.proven} of ${line.musts} |`,
    ),
    '',
    ...unkept(report).map(told => `- a SHOULD that was not kept: ${escapeMarkdown(told)}`),
    ...slowOnes(report).map(told => `- later than the specification allows: ${escapeMarkdown(told)}`),
    ...report.unsteady.map(told => `- not the same each time: ${escapeMarkdown(told)}`),
  ]
  const failing = troubles(report)
  for (const result of failing.slice(0, TOLD)) {
    const cites = culprit(result)?.check.cites ?? []
    lines.push(
      `## ${escapeMarkdown(result.case.id)}`,
      '',
      `${escapeMarkdown(result.case.title)}.`.replace(/\.\.$/, '.'),
      '',
      `**${result.verdict}** ${escapeMarkdown(reasonOf(result))}`,
      '',
      ...cites.map(id => `> **${id}** ${escapeMarkdown(registry.get(id)?.text ?? '')}\n`),
      ...(result.replay === undefined ? [] : [code(result.replay), '']),
    )
  }
  if (failing.length > TOLD) lines.push(`… and ${counted(failing.length - TOLD, 'more case')}.`, '')
  return lines.join('\n')
}
