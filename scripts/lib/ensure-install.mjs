import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT, run } from './run.mjs'
import { say } from './say.mjs'

/**
 * Not `npm ci`. Native tools publish one optional package per platform, and a registry mirror may hold only some of them; npm leaves those it cannot find out
 * of the lock file, and `npm ci` (npm 11) then refuses the lock because they are "missing" from it. `npm install --no-save` installs the very versions of the
 * lock, takes this platform's packages at the exact versions that their parents name, and never writes the lock: the same lock serves every platform.
 * What `npm ci` checks beyond that, that lock and manifests agree, is `lockDisagreements`.
 * No package's install script runs: nothing needs one, since native parts come prebuilt inside their packages.
 */
const INSTALL = ['npm', 'install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error']

const DEPENDENCY_KINDS = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies']

/** Installs the npm packages if the lock file, or Node's binary interface, changed since this last did. Throws if that fails. */
export async function ensureInstalled() {
  const stamp = join(ROOT, 'node_modules', '.installed')
  const lock = readFileSync(join(ROOT, 'package-lock.json'))
  const wanted = `${createHash('sha256').update(lock).digest('hex')} ${process.platform} ${process.arch} ${process.versions.modules}\n`
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return

  const disagreements = lockDisagreements(JSON.parse(lock.toString()), manifests())
  if (disagreements.length > 0) throw new Error(`package-lock.json is out of date (${disagreements.join('; ')}). Run npm install and commit the lock file.`)

  say('Installing npm packages …')
  const code = await run(INSTALL)
  if (code !== 0) throw new Error(`npm install failed with exit code ${code}.`)
  writeFileSync(stamp, wanted)
}

/**
 * What the lock says otherwise than the manifests, one phrase each; empty if they agree.
 *
 * @param {{ packages: Record<string, object> }} lock the parsed lock file
 * @param {Record<string, object>} manifests the parsed package.json of this repository's packages by their folders, `''` being the root
 * @returns {string[]}
 */
export function lockDisagreements(lock, manifests) {
  const locked = Object.keys(lock.packages).filter(folder => !folder.includes('node_modules/'))
  const folders = new Set([...locked, ...Object.keys(manifests)])
  return [...folders].flatMap(folder => {
    const name = folder === '' ? 'package.json' : `${folder}/package.json`
    if (manifests[folder] === undefined) return [`${name} is gone`]
    if (lock.packages[folder] === undefined) return [`${name} is new`]
    return DEPENDENCY_KINDS.filter(kind => !sameRanges(manifests[folder][kind], lock.packages[folder][kind])).map(kind => `${kind} of ${name} changed`)
  })
}

function sameRanges(one = {}, other = {}) {
  const names = Object.keys(one)
  return names.length === Object.keys(other).length && names.every(name => one[name] === other[name])
}

function manifests() {
  const root = readManifest('')
  const folders = root.workspaces.flatMap(pattern => {
    if (!pattern.endsWith('/*')) return [pattern]
    const parent = pattern.slice(0, -2)
    return readdirSync(join(ROOT, parent)).map(name => `${parent}/${name}`)
  })
  const present = folders.filter(folder => existsSync(join(ROOT, folder, 'package.json')))
  return Object.fromEntries([['', root], ...present.map(folder => [folder, readManifest(folder)])])
}

function readManifest(folder) {
  return JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8'))
}
