/** Published sets of vectors that are not part of the project: in the folder named by VECTORS_DIR, or `../shared/vectors` beside the project. */
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, test } from 'vitest'

/** Paths are relative to the project's root. */
const FOLDER = resolve(import.meta.dirname, '../../../..', process.env.VECTORS_DIR ?? '../shared/vectors')

/** Says how many of a set went through; called when they have. What begins with `»` is shown by `npm test`. */
export const tellPublished = (file: string, count: number): void => console.info(`» published vectors, ${file}: ${count} of ${count} as they should be`)

/** Tests on a published set. Without its folder the run says so in a line; the figures that the project holds itself are tested in any case. */
export function describePublished<T>(file: string, tests: (set: T) => void): void {
  const path = resolve(FOLDER, file)
  describe(`the published ${file}`, () => {
    if (existsSync(path)) tests(JSON.parse(readFileSync(path, 'utf8')) as T)
    else test('NOT RUN: the larger set is not at hand', () => console.info(`» NOT RUN: the published ${file} (VECTORS_DIR does not name a folder that has it)`))
  })
}
