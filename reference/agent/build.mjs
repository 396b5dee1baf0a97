import { build } from 'vite'

/**
 * What the browser gets, below `dist/`: `pages/` is a folder to serve as it is (no inline script, hashed assets), `remote-assist-console.js` is the
 * element with everything it needs, for one script tag.
 */
const here = path => new URL(path, import.meta.url).pathname

const common = { configFile: false, logLevel: 'warn', publicDir: false }
const target = 'es2023'

await build({
  ...common,
  root: here('src/pages'),
  base: './',
  build: {
    target,
    outDir: here('dist/pages'),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: { input: ['index', 'view', 'join'].map(name => here(`src/pages/${name}.html`)) },
  },
})
await build({
  ...common,
  root: here('.'),
  build: {
    target,
    outDir: here('dist'),
    emptyOutDir: false,
    lib: { entry: here('src/console/define.ts'), formats: ['es'], fileName: () => 'remote-assist-console.js' },
  },
})
