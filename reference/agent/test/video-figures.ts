/** What is measured of the picture in a page; nothing of it is asserted. */
import type { Page } from 'playwright-core'

/** What was counted. Tasks of less than 50 ms are none. */
export interface Figures {
  readonly seconds: number
  readonly framesASecond: number
  readonly longestTaskMs: number
}

/** Counts frames and long tasks of a console from now on; the figures come when it is asked to stop. */
export async function watchConsole(desk: Page): Promise<{ stop(): Promise<Figures> }> {
  const watch = await desk.evaluateHandle(() => {
    const canvas = document.querySelector('remote-assist-console')?.shadowRoot?.querySelector('canvas') as HTMLCanvasElement
    let longestTaskMs = 0
    const tasks = new PerformanceObserver(list => {
      for (const { duration } of list.getEntries()) longestTaskMs = Math.max(longestTaskMs, Math.round(duration))
    })
    tasks.observe({ type: 'longtask' })
    let frames = 0
    const shown = new MutationObserver(() => frames++)
    shown.observe(canvas, { attributes: true, attributeFilter: ['data-frame'] })
    const begun = performance.now()
    return {
      stop: () => {
        tasks.disconnect()
        shown.disconnect()
        const seconds = (performance.now() - begun) / 1_000
        return { seconds, framesASecond: frames / seconds, longestTaskMs }
      },
    }
  })
  return { stop: () => watch.evaluate(({ stop }) => stop()) }
}

/** Fills a page with stripes and lines of text that move with every frame, until `stop`; `drawn` resolves after so many more. */
export async function fillWithMotion(
  app: Page,
  { width, height }: { readonly width: number; readonly height: number },
): Promise<{ drawn(frames: number): Promise<unknown>; stop(): Promise<void> }> {
  await app.setContent(`<body style="margin:0;overflow:hidden"><canvas width="${width}" height="${height}"></canvas>`)
  await app.evaluate(() => {
    const canvas = document.querySelector('canvas') as HTMLCanvasElement
    const context = canvas.getContext('2d') as CanvasRenderingContext2D
    let at = 0
    const draw = () => {
      at += 3
      for (let x = 0; x < canvas.width; x += 60) {
        context.fillStyle = `hsl(${(x / 5 + at) % 360} 60% 60%)`
        context.fillRect(x, 0, 60, canvas.height)
      }
      context.fillStyle = '#111'
      context.font = '22px sans-serif'
      for (let y = 0; y < canvas.height; y += 32)
        context.fillText('The quick brown fox jumps over the lazy dog '.repeat(4), ((at * (1 + (y % 3))) % 600) - 600, y + (at % 32))
      Object.assign(globalThis, { drawn: at / 3, motion: requestAnimationFrame(draw) })
    }
    draw()
  })
  const drawn = () => app.evaluate(() => (globalThis as unknown as { drawn: number }).drawn)
  return {
    drawn: async frames => app.waitForFunction(end => (globalThis as unknown as { drawn: number }).drawn >= end, (await drawn()) + frames),
    stop: () => app.evaluate(() => cancelAnimationFrame((globalThis as unknown as { motion: number }).motion)),
  }
}

/** How long a colour takes from a page on the shared screen until it is painted in the console, ms; both are on this machine, and have its clock. */
export async function glassToGlass(app: Page, desk: Page, colour: readonly [number, number, number], at: readonly [number, number]): Promise<number> {
  const seen = desk.evaluate(
    ([[x, y], wanted]) => {
      const canvas = document.querySelector('remote-assist-console')?.shadowRoot?.querySelector('canvas') as HTMLCanvasElement
      const pixel = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true }) as OffscreenCanvasRenderingContext2D
      return new Promise<number>(resolve => {
        const look = () => {
          pixel.drawImage(canvas, x, y, 1, 1, 0, 0, 1, 1)
          const { data } = pixel.getImageData(0, 0, 1, 1)
          if (wanted.every((value, i) => Math.abs(value - (data[i] ?? 0)) < 16)) resolve(performance.timeOrigin + performance.now())
          else requestAnimationFrame(look)
        }
        look()
      })
    },
    [at, colour] as const,
  )
  const painted = await app.evaluate(([red, green, blue]) => {
    const canvas = document.querySelector('canvas') as HTMLCanvasElement
    const context = canvas.getContext('2d') as CanvasRenderingContext2D
    context.fillStyle = `rgb(${red} ${green} ${blue})`
    context.fillRect(0, 0, canvas.width, canvas.height)
    return performance.timeOrigin + performance.now()
  }, colour)
  return (await seen) - painted
}
