import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { describe, it } from 'vitest'

/** A `describe` for tests that need programs. Where one is missing the tests say NOT RUN and why, and fail if `CI=true`. */
export function describeWith(programs: readonly string[], name: string, tests: () => void): void {
  const missing = programs.filter(program => !isInstalled(program))
  if (missing.length === 0) {
    describe(name, tests)
    return
  }
  it(`${name}: NOT RUN, as ${missing.join(', ')} is not installed`, () => {
    const message = `NOT RUN: ${name} needs ${missing.join(', ')}`
    if (process.env.CI === 'true') throw new Error(message)
    console.warn(message)
  })
}

function isInstalled(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some(folder => {
    try {
      accessSync(join(folder, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}
