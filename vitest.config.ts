import { defineConfig } from 'vitest/config'

/**
 * Every package is a project named after itself (`vitest run --project @remote-assist/core`); `scripts` tests the tooling, and `e2e` holds what needs a
 * browser, a display or several programs at once. Inside a package a plain `vitest run` runs that package alone.
 */
export default defineConfig({
  test: {
    projects: [
      'libs/*',
      'reference/*',
      'conformance',
      { test: { name: 'scripts', include: ['scripts/**/*.test.ts'] } },
      {
        test: {
          name: 'e2e',
          include: ['{libs,reference}/*/test/**/*.e2e.ts', '{conformance,scripts}/test/**/*.e2e.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
    coverage: {
      provider: 'v8',
      include: ['libs/core/src/**/*.ts'],
      reporter: ['text-summary', 'json-summary', 'html'],
      reportsDirectory: '.cache/coverage',
      thresholds: { 'libs/core/src/**/*.ts': { branches: 100 } },
    },
  },
})
