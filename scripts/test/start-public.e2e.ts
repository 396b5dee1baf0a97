/// <reference lib="dom" />
import { createHash, X509Certificate } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'
import { expect, test } from 'vitest'
import { describeWith, Script } from './programs.js'

const LIMIT_MS = 240_000

/** An address by which other machines would reach this one. */
const address = Object.values(networkInterfaces())
  .flatMap(addresses => addresses ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address

describeWith(['openssl', 'chromium'], 'npm start -- --public', () => {
  test(
    address === undefined ? 'NOT RUN: this machine has no address but loopback' : 'serves another address over TLS: console, customer, viewer',
    async () => {
      if (address === undefined) {
        if (process.env.CI === 'true') throw new Error('NOT RUN: this machine has no address but loopback')
        return
      }
      const folder = await mkdtemp(join(tmpdir(), 'start-public-'))
      const file = join(folder, 'start.json')
      const script = new Script(['start', '--', '--public', address, '--host', 'virtual', '--port', '0', '--json', file], { XDG_STATE_HOME: folder })
      let browser: Browser | undefined
      try {
        await script.printed(/Ctrl\+C ends it/)
        const { brokerUrl, consoleUrl, viewUrl, tls } = JSON.parse(await readFile(file, 'utf8'))
        expect(script.lines.join('\n')).toContain(tls.fingerprint)
        expect(new URL(brokerUrl)).toMatchObject({ protocol: 'https:', hostname: address })
        expect(tls.cert).toContain(folder)
        const certificate = new X509Certificate(await readFile(tls.cert))
        expect(certificate.fingerprint256).toBe(tls.fingerprint)

        // A browser that knows nothing of the certificate does not go on.
        browser = await launch()
        const refused: unknown = await (await browser.newPage()).goto(consoleUrl).catch((error: unknown) => error)
        expect(String(refused)).toContain('ERR_CERT_AUTHORITY_INVALID')
        await browser.close()

        // One that trusts this certificate, and no other, does; all of it is TLS.
        const key = createHash('sha256')
          .update(certificate.publicKey.export({ type: 'spki', format: 'der' }))
          .digest('base64')
        browser = await launch(`--ignore-certificate-errors-spki-list=${key}`)
        const page = await browser.newPage()
        const sockets: string[] = []
        page.on('websocket', socket => void sockets.push(socket.url()))
        await page.goto(consoleUrl)
        await page.waitForFunction(showsPicture, undefined, { timeout: 60_000 })
        expect(sockets).toEqual([`${brokerUrl.replace('https:', 'wss:')}/v1/attach`])
        const viewer = await browser.newPage()
        await viewer.goto(viewUrl)
        await viewer.waitForFunction(showsPicture, undefined, { timeout: 60_000 })

        // Nobody makes a session without a token of the issuer.
        const status = await viewer.evaluate(async () => {
          const headers = { 'content-type': 'application/json' }
          return (await fetch('/v1/sessions', { method: 'POST', headers, body: '{"displayName":"Eve"}' })).status
        })
        expect(status).toBe(401)
      } finally {
        script.interrupt()
        await browser?.close()
        await script.ended
        await rm(folder, { recursive: true, force: true })
      }
    },
    LIMIT_MS,
  )
})

const launch = (...args: readonly string[]): Promise<Browser> => chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', ...args] })

/** In the page: some canvas, wherever it is in the tree, shows more than one colour. */
function showsPicture(): boolean {
  const canvases = (root: ParentNode): HTMLCanvasElement[] =>
    [...root.querySelectorAll('*')].flatMap(element => [
      ...(element instanceof HTMLCanvasElement ? [element] : []),
      ...(element.shadowRoot === null ? [] : canvases(element.shadowRoot)),
    ])
  return canvases(document).some(canvas => {
    if (canvas.width < 100 || canvas.height < 100) return false
    const context = new OffscreenCanvas(64, 64).getContext('2d')
    context?.drawImage(canvas, 0, 0, 64, 64)
    const pixels = context?.getImageData(0, 0, 64, 64).data ?? []
    const colours = new Set<number>()
    for (let i = 0; i + 2 < pixels.length; i += 4) colours.add(((pixels[i] ?? 0) << 16) | ((pixels[i + 1] ?? 0) << 8) | (pixels[i + 2] ?? 0))
    return colours.size > 2
  })
}
