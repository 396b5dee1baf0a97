/** The report as JUnit XML, which every CI shows: a suite for each area, a test for each check. */
import { type CaseResult, type CheckResult, holds, type RunReport } from '../model.js'
import { byArea } from './summary.js'

/** Characters that XML 1.0 cannot carry, even escaped. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const NOT_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

/** Text for content and for attributes in double quotes. */
export const escapeXml = (text: string): string =>
  text
    .replace(NOT_XML, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#10;')
    .replaceAll('\r', '&#13;')
    .replaceAll('\t', '&#9;')

/**
 * The whole report. A check that was not reached is a failure like any other; what a warned case did not keep is in `system-out`; a skipped
 * case has its checks skipped; a broken one has errors.
 */
export function renderJunit(report: RunReport): string {
  const areas = byArea(report.results)
  const texts = new Map(report.requirements.map(({ id, text }) => [id, text]))
  const suites = [...areas].map(([area, results]) => {
    const tests = results.flatMap(result => result.checks.map(check => ({ result, check })))
    const count = (fits: (test: (typeof tests)[number]) => boolean) => tests.filter(fits).length
    const attributes = {
      name: area,
      tests: tests.length,
      failures: count(({ result, check }) => result.verdict === 'FAILED' && !holds(check)),
      errors: count(({ result }) => result.verdict === 'BROKEN'),
      skipped: count(({ result }) => result.verdict === 'SKIPPED'),
      time: results.reduce((sum, { seconds }) => sum + seconds, 0).toFixed(3),
      timestamp: report.startedAt.slice(0, 19),
    }
    return element('testsuite', attributes, tests.map(({ result, check }) => testcase(result, check, texts)).join(''))
  })
  const name = `${report.implementation.name} ${report.implementation.version}, ${report.role}: Remote Assist Protocol ${report.spec}`
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element('testsuites', { name, tests: report.checks, failures: report.failed, time: report.seconds.toFixed(3) }, suites.join(''))}\n`
}

function testcase(result: CaseResult, { check, verdict, message }: CheckResult, texts: ReadonlyMap<string, string>): string {
  const duties = check.cites.map(id => `${id} ${texts.get(id) ?? ''}`.trimEnd())
  const again = result.replay === undefined ? [] : [`Play it again: ${result.replay}`]
  const told = [message || result.reason || verdict, ...duties, ...again].join('\n')
  const outcome =
    result.verdict === 'SKIPPED'
      ? element('skipped', { message: result.reason })
      : result.verdict === 'BROKEN'
        ? element('error', { type: 'BROKEN', message: result.reason }, escapeXml(told))
        : holds({ verdict })
          ? ''
          : result.verdict === 'WARNED'
            ? element('system-out', {}, escapeXml(`A SHOULD that was not kept.\n${told}`))
            : element('failure', { type: verdict, message: message || result.reason || verdict }, escapeXml(told))
  const seconds = result.seconds / Math.max(1, result.checks.length)
  return element(
    'testcase',
    { classname: result.case.id.replaceAll('/', '.'), name: `${check.id}: ${check.title} [${check.cites.join(', ')}]`, time: seconds.toFixed(3) },
    outcome,
  )
}

function element(name: string, attributes: Readonly<Record<string, string | number>>, content = ''): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeXml(String(value))}"`)
  return content === '' ? `<${name}${written.join('')}/>\n` : `<${name}${written.join('')}>${content}</${name}>\n`
}
