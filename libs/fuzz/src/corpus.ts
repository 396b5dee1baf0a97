/** What was found before: each finding is a file, and from then on a test. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Finding } from './finding.js'
import { fromHex, toHex } from './target.js'

const CORPUS = fileURLToPath(new URL('../corpus/', import.meta.url))

/** An input that once broke a promise. */
export interface Known {
  readonly file: string
  readonly found: string
  readonly input: Uint8Array
}

/** The findings of a target, or none. */
export function readCorpus(target: string): readonly Known[] {
  const folder = `${CORPUS}${target}`
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter(name => name.endsWith('.json'))
    .sort()
    .map(name => {
      const { found, input } = JSON.parse(readFileSync(`${folder}/${name}`, 'utf8')) as { readonly found: string; readonly input: string }
      return { file: `corpus/${target}/${name}`, found, input: fromHex(input) }
    })
}

/** Keeps a finding; returns the file's path below this package. */
export function writeCorpus({ target, message, input }: Finding): string {
  const name = `${createHash('sha256').update(input).digest('hex').slice(0, 16)}.json`
  mkdirSync(`${CORPUS}${target}`, { recursive: true })
  writeFileSync(`${CORPUS}${target}/${name}`, `${JSON.stringify({ found: message, input: toHex(input) }, undefined, 2)}\n`)
  return `corpus/${target}/${name}`
}
