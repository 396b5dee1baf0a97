import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'
import { ROOT } from './lib/run.mjs'

/**
 * Takes the pictures of a conformance report for the documentation: a customer with a planted fault is played, and its page shown in Chromium. Needs a build.
 * `node scripts/report-picture.mjs [directory]`, default `docs/images`.
 */
const FAULT = 'revocation-ignored'
const SIZE = { width: 1200, height: 900 }
const directory = process.argv[2] ?? join(ROOT, 'docs', 'images')

const report = mkdtempSync(join(tmpdir(), 'report-'))
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--force-color-profile=srgb'] })
try {
  const suite = join(ROOT, 'conformance', 'dist', 'cli', 'main.js')
  const chosen = ['--case', 'customer/consent/*', '--case', 'customer/grants/*']
  spawnSync(process.execPath, [suite, 'run', '--role', 'customer', '--profile', 'core', ...chosen, '--reference', '--out', report, '--reporter', 'html'], {
    stdio: 'inherit',
    env: { ...process.env, RA_MUTANT: FAULT },
  })
  const page = await browser.newPage({ viewport: SIZE, colorScheme: 'light' })
  await page.goto(pathToFileURL(join(report, 'report.html')).href)
  await page.screenshot({ path: join(directory, 'conformance-report-light.png') })
  // The end of the diagram, where what failed is.
  const diagram = page.locator('article.failure .sequence').first()
  await diagram.evaluate(drawn => window.scrollBy(0, drawn.getBoundingClientRect().bottom - window.innerHeight))
  await page.screenshot({ path: join(directory, 'conformance-failure-light.png') })
} finally {
  await browser.close()
  rmSync(report, { recursive: true, force: true })
}
