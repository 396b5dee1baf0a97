import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { startPictureBrowser, takePictures } from './pictures.mjs'

/** Takes the pictures that the console and the customer's page are compared with anew: what they look like now is right. Look at each before committing it. */
const folder = new URL('../test/pictures/', import.meta.url)
const browser = await startPictureBrowser()
try {
  const pictures = await takePictures(browser)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder)
  for (const [name, png] of pictures) writeFileSync(new URL(`${name}.png`, folder), png)
} finally {
  await browser.close()
}
