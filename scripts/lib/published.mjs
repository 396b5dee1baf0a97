import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './run.mjs'

/** What a package says of itself. */
export const manifestIn = folder => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))

/** The folders of the packages that are published: what is private is for this repository alone and is never packed. */
export const PUBLISHED = ['libs', 'reference', '.']
  .flatMap(top => readdirSync(join(ROOT, top)).map(name => join(ROOT, top, name)))
  .filter(folder => existsSync(join(folder, 'package.json')) && manifestIn(folder).private !== true)
