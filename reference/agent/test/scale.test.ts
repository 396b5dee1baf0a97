/** The design's scale: every style sheet is made of the tokens, on a grid of 4 pixels, and nothing moves by itself. */
import { readdirSync, readFileSync } from 'node:fs'
import { tokens } from '@remote-assist/ui/browser'
import { expect, test } from 'vitest'

const ROOTS = ['../src/', '../../../libs/ui/src/browser/'].map(path => new URL(path, import.meta.url))

/** Every style sheet but that of the tokens, by its file. */
const SHEETS = ROOTS.flatMap(root =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter(path => /\.(ts|css)$/.test(path) && path !== 'look/tokens.ts')
    .map(path => [path, readFileSync(new URL(path, root), 'utf8')] as const),
).flatMap(([path, text]) =>
  path.endsWith('.css') ? [[path, text] as const] : [...text.matchAll(/css`([^`]*)`/g)].map(([, style = '']) => [path, style] as const),
)

/** A line, or its outline, may be so thin. */
const HAIRLINE = 2

/** Declarations of a style sheet that are not on the scale. */
function offScale(style: string): readonly string[] {
  const declarations = [...style.replaceAll(/\/\*.*?\*\//gs, '').matchAll(/([\w-]+):\s*([^;{}]+);/g)]
  return declarations.flatMap(([all, name = '', value = '']) => {
    const colour = /#[\da-f]{3,8}\b|\b(rgb|hsl|oklch|light-dark)\(|\b(white|black)\b/i.test(value)
    const off = [...value.matchAll(/(\d*\.?\d+)px/g)].map(([, px]) => Number(px)).some(px => px > HAIRLINE && px % 4 !== 0)
    const size = /^(font|font-size)$/.test(name) && !/var\(--_(small|text|large|display)\)|^inherit$/.test(value)
    const corner = name === 'border-radius' && !/^(0|50%|inherit)$|var\(--_(radius|pill)\)/.test(value)
    const motion = name.startsWith('animation') || /\b\d+m?s\b/.test(value)
    return colour || off || size || corner || motion ? [all] : []
  })
}

test('style sheets have no colour, size or time of their own', () => {
  expect(Object.fromEntries(SHEETS.map(([path, style]) => [path, offScale(style)]).filter(([, found]) => found?.length !== 0))).toEqual({})
  console.info(`» ${SHEETS.length} style sheets on the scale`)
  expect(SHEETS.length).toBeGreaterThan(8)
})

test('what is not on it is found', () => {
  const wrong = [
    'color: #fff;',
    'padding: 6px;',
    'font-size: 16px;',
    'border-radius: 12px;',
    'transition: opacity 2s;',
    'animation: breathe 2s infinite;',
    'fill: white;',
  ]
  expect(offScale(`a { ${wrong.join(' ')} margin: -1px 4px calc(8px - 100%); }`)).toEqual(wrong)
})

test('there are three sizes of type, and what moves is there within 150 ms, at once if it shall not move', () => {
  const css = String(tokens)
  expect([...css.matchAll(/--ra-text[\w-]*, (\d+px)/g)].map(([, size]) => size)).toEqual(['12px', '14px', '20px'])
  const times = [...css.matchAll(/(\d+)ms/g)].map(([, ms]) => Number(ms))
  expect(times).toHaveLength(2)
  expect(Math.max(...times)).toBeLessThanOrEqual(150)
  expect(times.at(-1)).toBe(0)
})
