import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { keywordsOf, looksLikeItem, parseItem } from './item.mjs'

/**
 * A requirement as the prose has it. `line` counts from 1.
 *
 * @typedef {import('./item.mjs').Item & { page: string, line: number, sha256: string }} Requirement
 * @typedef {{ where: string, message: string }} Fault
 */

const FENCE = /^\s*(?:```|~~~)/

/**
 * Reads every page of the specification.
 *
 * @param {string} folder `docs/spec`
 * @returns {{ requirements: Requirement[], faults: Fault[] }} in order of pages and lines
 */
export function readPages(folder) {
  const pages = readdirSync(folder)
    .filter(name => name.endsWith('.md'))
    .sort()
  const read = pages.map(page => readPage(page, readFileSync(join(folder, page), 'utf8')))
  return { requirements: read.flatMap(({ requirements }) => requirements), faults: read.flatMap(({ faults }) => faults) }
}

/**
 * Reads one page: its requirements, and what is wrong with its items and with keywords outside them.
 *
 * @param {string} page file name
 * @param {string} text
 */
export function readPage(page, text) {
  /** @type {Requirement[]} */
  const requirements = []
  /** @type {Fault[]} */
  const faults = []
  let fenced = false
  for (const [index, line] of text.split('\n').entries()) {
    const where = `${page}:${index + 1}`
    if (FENCE.test(line)) fenced = !fenced
    else if (fenced) continue
    else if (looksLikeItem(line)) {
      const { item, problem } = parseItem(line)
      if (item === undefined) faults.push({ where, message: `This item ${problem}.` })
      else requirements.push({ ...item, page, line: index + 1, sha256: digest(item.text) })
    } else {
      for (const keyword of keywordsOf(line))
        faults.push({ where, message: `${keyword} outside an item with an id. Make it a requirement, or say it in other words.` })
    }
  }
  return { requirements, faults }
}

const digest = text => createHash('sha256').update(text).digest('hex')
