import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

const ROOT = import.meta.dirname

/** What holds for all tests. */
const TESTS = {
  // A test that takes a minute hangs; one that takes less may be on a busy machine.
  testTimeout: 60_000,
  hookTimeout: 60_000,
  // What is built runs as it does wherever it is installed: only sources are translated.
  server: { deps: { external: [/\/dist\/.*\.js$/] } },
}
const OF_A_PACKAGE = { ...TESTS, include: ['test/**/*.test.ts'] }

const packages = ['libs', 'reference'].flatMap(top => readdirSync(join(ROOT, top)).map(name => join(ROOT, top, name))).concat(join(ROOT, 'conformance'))
const nameOf = (folder: string): string => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).name

/**
 * At the root every package is a project named after itself (`vitest run --project @remote-assist/core`); `scripts` tests the tooling, and `e2e` holds what
 * needs a browser, a display or several programs at once. Inside a package this configuration is found as well: there a plain `vitest run` runs its tests alone.
 */
export default defineConfig({
  test:
    process.cwd() === ROOT
      ? {
          projects: [
            ...packages.map(root => ({ root, test: { ...OF_A_PACKAGE, name: nameOf(root) } })),
            { test: { ...TESTS, name: 'scripts', include: ['scripts/**/*.test.ts'] } },
            { test: { ...TESTS, name: 'e2e', include: ['{libs,reference}/*/test/**/*.e2e.ts', '{conformance,scripts}/test/**/*.e2e.ts'] } },
          ],
          coverage: {
            provider: 'v8',
            include: ['libs/core/src/**/*.ts'],
            reporter: ['text', 'json-summary', 'html'],
            reportsDirectory: '.cache/coverage',
            thresholds: { 'libs/core/src/**/*.ts': { branches: 100 } },
          },
        }
      : OF_A_PACKAGE,
})
