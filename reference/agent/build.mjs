import { build } from 'vite'

/**
 * What the browser gets, below `dist/`: `pages/` is a folder to serve as it is (no inline script, hashed assets), `remote-assist-console.js` is the
 * element with everything it needs, for one script tag, and `remote-assist-customer.js` the customer's, with its worker beside it.
 */
const here = path => new URL(path, import.meta.url).pathname

/** The module in the place of Node's `crypto`. */
const NOTHING = '\0no-node-crypto'

/**
 * @hpke looks for Node's `crypto` where the platform has none of its own, which no browser of today lacks: what it would find is left empty. Anything else that
 * no browser finds makes the build fail.
 */
const forBrowsers = {
  name: 'for-browsers',
  enforce: 'pre',
  resolveId: { filter: { id: /^crypto$/ }, handler: (_id, importer = '') => (importer.includes('@hpke/common') ? NOTHING : undefined) },
  load: { filter: { id: /no-node-crypto$/ }, handler: () => 'export const webcrypto = undefined' },
  generateBundle(_options, bundle) {
    for (const chunk of Object.values(bundle)) {
      const missing = [...(chunk.imports ?? []), ...(chunk.dynamicImports ?? [])].find(name => !(name in bundle))
      if (missing !== undefined) this.error(`${chunk.fileName} would load ${missing}, which no browser finds.`)
    }
  },
}

const common = { configFile: false, logLevel: 'warn', publicDir: false, plugins: [forBrowsers] }
const target = 'es2023'
/** The whole protocol is in one chunk; kB. */
const chunkSizeWarningLimit = 700

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
    rollupOptions: { input: ['index', 'agent', 'view', 'join'].map(name => here(`src/pages/${name}.html`)) },
  },
})
for (const element of ['console', 'customer'])
  await build({
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
      rollupOptions: { output: { minify: true, codeSplitting: false } },
    },
  })
