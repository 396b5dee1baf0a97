import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { describe, it } from 'vitest'

/** A `describe` for tests that need programs. Where one is missing the tests say NOT RUN and why, and fail if `CI=true`. */
export function describeWith(programs: readonly string[], name: string, tests: () => void): void {
  const missing = programs.filter(program => !isInstalled(program))
  if (missing.length === 0) describe(name, tests)
  else notRun(name, `${missing.join(', ')} is not installed`)
}

/** Stands for tests that cannot run: says NOT RUN and why, and fails if `CI=true`. */
export function notRun(name: string, why: string): void {
  it(`${name}: NOT RUN, as ${why}`, () => {
    const message = `NOT RUN: ${name}, as ${why}`
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
