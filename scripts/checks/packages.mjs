import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { capture, ROOT } from '../lib/run.mjs'

/**
 * Packs each library as it would be published, installs all of them in an empty folder outside this repository, and there imports each entry and compiles
 * against its types. publint judges each package as well. Needs a build. Exits with 1 if anything is wrong.
 */

/** Entries for browsers are compiled against, but Node does not import them. */
const FOR_BROWSERS = /\/browser$/

const manifestIn = folder => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))

// What is private is for this repository alone and is never packed.
const folders = readdirSync(join(ROOT, 'libs'))
  .map(name => join(ROOT, 'libs', name))
  .filter(folder => manifestIn(folder).private !== true)
const manifests = folders.map(manifestIn)
// Optional peers are there too, so that the entries that need them can be tried.
const PEERS = Object.assign({}, ...manifests.map(({ peerDependencies }) => peerDependencies))
const entries = manifests.flatMap(({ name, exports }) => Object.keys(exports).map(subpath => name + subpath.slice(1)))

const elsewhere = mkdtempSync(join(tmpdir(), 'packages-'))
try {
  for (const folder of folders) await expect(`publint ${folder.slice(ROOT.length)}`, ['publint', '--strict', folder])
  await expect('pack', ['npm', 'pack', '--silent', '--pack-destination', elsewhere, ...folders])
  write(
    'package.json',
    JSON.stringify({ name: 'elsewhere', private: true, type: 'module', dependencies: { ...PEERS, ...Object.fromEntries(manifests.map(tarball)) } }),
  )
  await expect('install', ['npm', 'install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'], elsewhere)

  for (const entry of entries.filter(name => !FOR_BROWSERS.test(name))) {
    await expect(`import ${entry}`, ['node', '--no-warnings', '--input-type=module', '--eval', importing(entry, 'entry')], elsewhere)
  }
  mkdirSync(join(elsewhere, 'src'))
  write('src/all.ts', entries.map((entry, index) => `${importing(entry, `entry${index}`)}\n`).join(''))
  write(
    'tsconfig.json',
    JSON.stringify({
      compilerOptions: {
        target: 'ES2023',
        lib: ['ES2023', 'ESNext.Disposable'],
        module: 'NodeNext',
        strict: true,
        resolveJsonModule: true,
        noEmit: true,
        skipLibCheck: true,
        types: [],
      },
      include: ['src'],
    }),
  )
  await expect('compile against the types', ['tsc', '-p', elsewhere], elsewhere)
} finally {
  rmSync(elsewhere, { recursive: true })
}

function tarball({ name, version }) {
  return [name, `file:./${name.replace('@', '').replace('/', '-')}-${version}.tgz`]
}

function importing(entry, name) {
  return entry.endsWith('.json') ? `import ${name} from '${entry}' with { type: 'json' }` : `import * as ${name} from '${entry}'`
}

function write(file, text) {
  writeFileSync(join(elsewhere, file), text)
}

/** Runs a command and says whether it did well. */
async function expect(what, argv, cwd = ROOT) {
  const { code, output } = await capture(argv, { cwd })
  console.log(`${code === 0 ? '✓' : '✗'} ${what}`)
  if (code === 0) return
  console.log(output)
  process.exitCode = 1
}
