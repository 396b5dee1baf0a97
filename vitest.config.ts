import { defineConfig } from 'vitest/config'

/**
 * At the root every package is a project named after itself (`vitest run --project @remote-assist/core`); `scripts` tests the tooling, and `e2e` holds what
 * needs a browser, a display or several programs at once. Inside a package without one of its own this configuration is found as well: there a plain `vitest run`
 * runs its tests alone. A test that takes a minute hangs; one that takes less may be on a busy machine.
 */
const atRoot = process.cwd() === import.meta.dirname

const LONG = { testTimeout: 60_000, hookTimeout: 60_000 }

export default defineConfig({
  test: atRoot
    ? {
        projects: [
          'libs/*',
          'reference/*',
          'conformance',
          { test: { name: 'scripts', include: ['scripts/**/*.test.ts'], ...LONG } },
          { test: { name: 'e2e', include: ['{libs,reference}/*/test/**/*.e2e.ts', '{conformance,scripts}/test/**/*.e2e.ts'], ...LONG } },
        ],
        coverage: {
          provider: 'v8',
          include: ['libs/core/src/**/*.ts'],
          reporter: ['text', 'json-summary', 'html'],
          reportsDirectory: '.cache/coverage',
          thresholds: { 'libs/core/src/**/*.ts': { branches: 100 } },
        },
      }
    : LONG,
})
