import { copyFileSync, readdirSync, readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import * as codec from '@remote-assist/codec'
import { build } from 'vite'

/**
 * What the browser gets, below `dist/`: `pages/` is a folder to serve as it is (no inline script, hashed assets), `remote-assist-console.js` is the
 * element with everything it needs, for one script tag, and `remote-assist-customer.js` the customer's, with its worker beside it.
 */
const here = path => new URL(path, import.meta.url).pathname

/** The module in the place of Node's `crypto`. */
const NOTHING = '\0no-node-crypto'

/** @hpke, which only who opens credentials needs, looks for Node's `crypto` where the platform has none of its own: what it would find is left empty. */
const withoutNode = {
  name: 'without-node',
  enforce: 'pre',
  resolveId: { filter: { id: /^crypto$/ }, handler: (_id, importer = '') => (importer.includes('@hpke/common') ? NOTHING : undefined) },
  load: { filter: { id: /no-node-crypto$/ }, handler: () => 'export const webcrypto = undefined' },
}

/** What no browser finds makes the build fail. */
const complete = {
  name: 'complete',
  generateBundle(_options, bundle) {
    for (const chunk of Object.values(bundle)) {
      const missing = [...(chunk.imports ?? []), ...(chunk.dynamicImports ?? [])].find(name => !(name in bundle))
      if (missing !== undefined) this.error(`${chunk.fileName} would load ${missing}, which no browser finds.`)
    }
  },
}

/** The generated enums, by name. */
const ENUMS = new Map(Object.entries(codec).filter(([, value]) => value?.[0] === 'UNSPECIFIED'))
const IMPORTS = /import \{([^}]*)\} from '(?:@remote-assist\/(?:codec|peer)|\.\/messages\/\w+\.js)'/g

/** Puts the numbers of generated enums where their names are, as a compiler would that sees the whole program: a name takes room, and so does the enum. */
const numbersForEnums = {
  name: 'numbers-for-enums',
  enforce: 'pre',
  transform: {
    filter: { id: /\/(libs|reference)\/.*\.[jt]s$/ },
    handler(code) {
      const imported = [...code.matchAll(IMPORTS)].flatMap(([, names]) => names.split(',').map(name => name.trim()))
      const used = imported.filter(name => ENUMS.has(name))
      if (used.length === 0) return undefined
      const member = new RegExp(`\\b(${used.join('|')})\\.([A-Z][A-Z0-9_]*)\\b`, 'g')
      return { code: code.replace(member, (name, of, which) => ENUMS.get(of)[which] ?? name), map: null }
    },
  },
}

/** Style sheets and templates are read by machines there: their indentation and comments take room. */
const withoutIndentation = {
  name: 'without-indentation',
  enforce: 'pre',
  transform: {
    filter: { id: /\/(libs|reference)\/.*\.[jt]s$/, code: /\b(css|html|svg) ?`/ },
    handler: code => ({
      code: code.replace(/\bcss ?`[^`]*`/g, style => style.replace(/\/\*.*?\*\/|\s+/gs, ' ').replace(/ ?([{};,]) ?/g, '$1')).replace(/\n\s+/g, '\n'),
      map: null,
    }),
  },
}

/** Which phases may follow which is data for documents and tests: what runs is in a machine's handlers. */
const withoutTables = {
  name: 'without-tables',
  enforce: 'pre',
  transform: {
    filter: { id: /\/libs\/core\/.*\.[jt]s$/, code: /\btable: [A-Z_]+_TABLE,/ },
    handler: code => ({ code: code.replace(/\btable: [A-Z_]+_TABLE,/g, ''), map: null }),
  },
}

const plugins = [withoutNode, numbersForEnums, withoutIndentation, withoutTables]
const common = { configFile: false, logLevel: 'warn', publicDir: false, plugins: [...plugins, complete] }
const target = 'es2023'
/** The whole protocol is in one chunk; kB. */
const chunkSizeWarningLimit = 700
const PAGES = ['index', 'join', 'view']
/** Nothing of ours happens when a property is read: what nobody uses can be left out, though it reads some. */
const treeshake = { propertyReadSideEffects: false }

await build({
  ...common,
  root: here('src/pages'),
  base: './',
  build: {
    target,
    chunkSizeWarningLimit,
    outDir: here('dist/pages'),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: { treeshake, input: PAGES.map(name => here(`src/pages/${name}.html`)) },
  },
})
// The agent's page is where a broker begins, and where it sends the agents that are invited.
copyFileSync(here('dist/pages/index.html'), here('dist/pages/agent.html'))

/** A number as people read it. */
const said = bytes => bytes.toLocaleString('en')

/** How an element is built; `differently`, to be looked at alone. */
const elementBuild = (element, { external = [], ...differently } = {}) => ({
  ...common,
  root: here('.'),
  // Beside the element, under one name: a page copies what begins with it.
  worker: { format: 'es', rollupOptions: { output: { entryFileNames: `remote-assist-${element}-[name].js` } } },
  build: {
    target,
    chunkSizeWarningLimit,
    outDir: here('dist'),
    emptyOutDir: false,
    lib: { entry: here(`src/${element}/define.ts`), formats: ['es'], fileName: () => `remote-assist-${element}.js` },
    // For a script tag: nobody bundles it again.
    rollupOptions: { treeshake, external, output: { minify: true, chunkFileNames: `remote-assist-${element}-[name].js` } },
  },
  ...differently,
})

for (const element of ['console', 'customer']) await build(elementBuild(element))
tellPages()
await checkSize()

/** Prints how many bytes a browser loads for each page, gzipped: its HTML, and the scripts and styles that it names and those name, but for workers, fonts and what is loaded on demand. */
function tellPages() {
  const folder = here('dist/pages')
  const text = file => readFileSync(`${folder}/${file}`, 'utf8')
  const assets = readdirSync(`${folder}/assets`).filter(name => /\.(js|css)$/.test(name))
  const named = file =>
    assets.filter(name => new RegExp(`(src|href)="./assets/${name}"|(from|import) ?"./${name}"`).test(text(file))).map(name => `assets/${name}`)
  for (const page of PAGES) {
    const files = new Set([`${page}.html`])
    // A set is gone through to the end that it has by then.
    for (const file of files) for (const name of named(file)) files.add(name)
    const bytes = [...files].reduce((sum, file) => sum + gzipSync(text(file), { level: 9 }).length, 0)
    console.log(`The page ${page}: ${said(bytes)} bytes gzipped in ${files.size} files.`)
  }
}

/**
 * Fails unless the console's element, with what it loads beside itself but for other languages, has at most `MOST_BYTES` after gzip -9 without the generated codecs of
 * the messages (all that is in `libs/codec/src/gen/messages`), which grow with the protocol and not with the console. They are taken out by building the same element
 * with those modules outside of it; the names that it would import from them count. Prints both sizes.
 */
async function checkSize() {
  const MOST_BYTES = 150_000
  const CODECS = /\/gen\/messages\//
  const bytesOf = async options => {
    const { build: how, ...rest } = elementBuild('console', options)
    const [{ output }] = await build({ ...rest, build: { ...how, write: false } })
    return output
      .filter(({ isDynamicEntry }) => isDynamicEntry !== true)
      .reduce((sum, { code, source }) => sum + gzipSync(code ?? source, { level: 9 }).length, 0)
  }
  const whole = await bytesOf({})
  const without = await bytesOf({ external: CODECS, plugins })
  console.log(`The console's element: ${said(whole)} bytes gzipped; without the codecs of the messages ${said(without)}, at most ${said(MOST_BYTES)}.`)
  if (without > MOST_BYTES) throw new Error(`The console's element is ${said(without - MOST_BYTES)} bytes too large.`)
}
