import { build } from 'vite'

/** The companion's page, below `dist/companion-page/`: a folder to serve as it is (no inline script, hashed assets). */
const here = path => new URL(path, import.meta.url).pathname

await build({
  configFile: false,
  // It warns of a module of Node's that is found on the way and left out.
  logLevel: 'error',
  publicDir: false,
  root: here('src/browser/pages'),
  base: './',
  build: { target: 'es2023', outDir: here('dist/companion-page'), emptyOutDir: true, assetsInlineLimit: 0, modulePreload: { polyfill: false } },
})
