import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { lockDisagreements } from '../lib/ensure-install.mjs'
import { ROOT } from '../lib/run.mjs'

const manifest = { dependencies: { one: '^1.0.0' }, devDependencies: { two: '2.0.0' } }
const lock = { packages: { '': manifest, 'libs/a': manifest, 'node_modules/one': { version: '1.0.0' }, 'node_modules/a': { link: true } } }

describe('lock and manifests', () => {
  test('agree where every range is the same', () => {
    expect(lockDisagreements(lock, { '': manifest, 'libs/a': manifest })).toEqual([])
  })

  test.each([
    ['a new dependency', { ...manifest, dependencies: { one: '^1.0.0', three: '^3.0.0' } }, 'dependencies'],
    ['another range', { ...manifest, devDependencies: { two: '2.0.1' } }, 'devDependencies'],
    ['a dependency that went', { devDependencies: manifest.devDependencies }, 'dependencies'],
    ['a kind that is new', { ...manifest, peerDependencies: { one: '*' } }, 'peerDependencies'],
  ])('disagree over %s', (_, changed, kind) => {
    expect(lockDisagreements(lock, { '': manifest, 'libs/a': changed })).toEqual([`${kind} of libs/a/package.json changed`])
  })

  test('disagree over a package that is gone', () => {
    expect(lockDisagreements(lock, { '': manifest })).toEqual(['libs/a/package.json is gone'])
  })

  test('disagree over a package that is new', () => {
    expect(lockDisagreements(lock, { '': manifest, 'libs/a': manifest, 'libs/b': {} })).toEqual(['libs/b/package.json is new'])
  })
})

describe('the lock file', () => {
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { resolved?: string; link?: boolean; integrity?: string }>
  }

  test('names no registry', () => {
    expect(Object.entries(packages).filter(([, { resolved, link }]) => resolved !== undefined && !link)).toEqual([])
  })

  test('pins every package by its digest', () => {
    const ours = ([path, { link }]: [string, { link?: boolean }]) => !path.includes('node_modules/') || link
    expect(Object.entries(packages).filter(entry => !ours(entry) && entry[1].integrity === undefined)).toEqual([])
  })
})
