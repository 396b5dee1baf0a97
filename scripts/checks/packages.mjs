import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, normalize } from 'node:path'
import { manifestIn, PUBLISHED } from '../lib/published.mjs'
import { capture, ROOT } from '../lib/run.mjs'

/**
 * Packs each package as it would be published: the licence has to be in it, and what its pages link to. Installs the libraries and the customer's program in an empty
 * folder outside this repository, and there imports each entry, compiles against its types, and starts the program as a customer does. publint judges each package as
 * well. Needs a build. Exits with 1 if anything is wrong.
 */

/** Entries for browsers are compiled against, but Node does not import them. */
const FOR_BROWSERS = /\/browser$/

const manifests = PUBLISHED.filter(folder => folder.startsWith(join(ROOT, 'libs'))).map(manifestIn)
const program = join(ROOT, 'reference/customer')
// Optional peers are there too, so that the entries that need them can be tried.
const PEERS = Object.assign({}, ...manifests.map(({ peerDependencies }) => peerDependencies))
const entries = manifests.flatMap(({ name, exports }) => Object.keys(exports).map(subpath => name + subpath.slice(1)))

/** In the place of a browser: loads the window's page with what belongs to it, gets in, sees the question for the PIN, and closes; the program ends well if all of that went well. */
const BROWSER = `#!/usr/bin/env node
const { origin, hash } = new URL(process.argv.find(arg => arg.startsWith('--app=')).slice('--app='.length))
const page = await (await fetch(origin)).text()
const [, script] = /<script type="module"[^>]* src="([^"]+)"/.exec(page)
if (!(await (await fetch(new URL(script, origin))).text()).includes('Type the PIN')) throw new Error('The page is not whole.')
const post = (path, bearer) => fetch(new URL(path, origin), { method: 'POST', headers: { origin, authorization: 'Bearer ' + bearer } })
const { body } = await post('/state', await (await post('/enter', hash.slice(1))).text())
const { value } = await body.getReader().read()
if (JSON.parse(Buffer.from(value)).stage.name !== 'code') throw new Error('It does not ask for the PIN.')
process.exit(0)
`

const elsewhere = mkdtempSync(join(tmpdir(), 'packages-'))
try {
  for (const folder of PUBLISHED) await expect(`publint ${folder.slice(ROOT.length)}`, ['publint', '--strict', folder])
  const packed = await expect('pack', ['npm', 'pack', '--silent', '--json', '--pack-destination', elsewhere, ...PUBLISHED])
  for (const { name, files } of Object.values(JSON.parse(packed))) {
    const folder = PUBLISHED.find(one => manifestIn(one).name === name)
    tell(`${name} comes with what belongs to it`, lackingIn(folder, new Set(files.map(({ path }) => path))))
  }
  write(
    'package.json',
    JSON.stringify({
      name: 'elsewhere',
      private: true,
      type: 'module',
      dependencies: { ...PEERS, ...Object.fromEntries([...manifests, manifestIn(program)].map(tarball)) },
    }),
  )
  await expect('install', ['npm', 'install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'], elsewhere)

  for (const entry of entries.filter(name => !FOR_BROWSERS.test(name))) {
    await expect(`import ${entry}`, ['node', '--no-warnings', '--input-type=module', '--eval', importing(entry, 'entry')], elsewhere)
  }
  write('browser.mjs', BROWSER)
  chmodSync(join(elsewhere, 'browser.mjs'), 0o755)
  const companion = [
    'npx',
    '--no',
    '--',
    'remote-assist-customer',
    '--window',
    '--browser',
    './browser.mjs',
    '--host',
    'virtual',
    '--broker',
    'http://127.0.0.1:9',
  ]
  await expect('the companion shows its window', ['env', '-u', 'DISPLAY', ...companion], elsewhere)
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

/** What a package of these files has to have and has not: the licence, and where the links of its pages lead. */
function lackingIn(folder, files) {
  const licence = files.has('LICENSE') && readFileSync(join(folder, 'LICENSE'), 'utf8') === readFileSync(join(ROOT, 'LICENSE'), 'utf8')
  const links = [...files]
    .filter(path => path.endsWith('.md') && !path.startsWith('dist/'))
    .flatMap(page =>
      [...readFileSync(join(folder, page), 'utf8').matchAll(/\]\((?![a-z]+:|#)([^)#]+)/g)].map(([, to]) => ({ page, to: normalize(join(page, '..', to)) })),
    )
  return [
    ...(licence ? [] : ['The LICENSE is missing, or is not that of the repository.']),
    ...links.filter(({ to }) => !files.has(to)).map(({ page, to }) => `${page} links to ${to}, which is not packed.`),
  ]
}

/** Says whether something is well: there is nothing to say against it. */
function tell(what, faults) {
  console.log(`${faults.length === 0 ? '✓' : '✗'} ${what}`)
  if (faults.length === 0) return
  console.log(faults.join('\n'))
  process.exitCode = 1
}

/** Runs a command and says whether it did well; resolves with what it printed. */
async function expect(what, argv, cwd = ROOT) {
  const { code, output } = await capture(argv, { cwd })
  tell(what, code === 0 ? [] : [output])
  return output
}
