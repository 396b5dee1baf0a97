import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { encodeExample, exampleSection, readExamples } from './examples.mjs'
import { buildImage, readSchema } from './schema.mjs'
import { readTables } from './state-tables.mjs'
import { statesSection } from './states.mjs'
import { channelsTable, codesTable, enumSection, messageSection, rulesTable } from './tables.mjs'
import { inTemporaryFolder } from './temporary.mjs'

/**
 * Fills the generated sections of pages: what stands between `<!-- generated:KIND NAME -->` and `<!-- /generated -->`.
 *
 * @typedef {{ kind: string, name: string, page: string }} Section
 */

const SECTION = /<!-- generated:(?<kind>[a-z]+)(?: (?<name>\S+))? -->\n[\s\S]*?<!-- \/generated -->/g

/** Pages with their generated sections filled anew. @param {string} root @returns {Promise<{ file: string, before: string, after: string }[]>} */
export async function generatePages(root) {
  const folder = join(root, 'docs', 'spec')
  const pages = readdirSync(folder)
    .filter(name => name.endsWith('.md'))
    .sort()
    .map(page => ({ page, file: join(folder, page), before: readFileSync(join(folder, page), 'utf8') }))
  const render = await renderer(root, pages.flatMap(sectionsOf))
  return pages.map(({ page, file, before }) => ({ file, before, after: fill(before, page, render) }))
}

/** The names of pages whose generated sections are not what they would be now. @param {string} root */
export async function stalePages(root) {
  const pages = await generatePages(root)
  return pages.filter(({ before, after }) => before !== after).map(({ file }) => file.split('/').at(-1))
}

/** The sections that a page asks for. @returns {Section[]} */
export const sectionsOf = ({ page, before }) =>
  [...before.matchAll(SECTION)].map(match => ({ kind: match.groups?.kind ?? '', name: match.groups?.name ?? '', page }))

/** A text with its sections filled. */
export const fill = (text, page, render) =>
  text.replaceAll(SECTION, (...match) => {
    const { kind, name = '' } = match.at(-1)
    return `<!-- generated:${name === '' ? kind : `${kind} ${name}`} -->\n${render({ kind, name, page })}\n<!-- /generated -->`
  })

async function renderer(root, sections) {
  const examples = readExamples()
  const { schema, bytes } = await inTemporaryFolder(async folder => {
    const image = join(folder, 'image.json')
    await buildImage(join(root, 'proto'), image)
    const encoded = await Promise.all(examples.map(async example => /** @type {const} */ ([example, await encodeExample(example, image)])))
    return { schema: readSchema(image), bytes: new Map(encoded) }
  })
  const tables = readTables(join(root, 'libs', 'core', 'src'))
  const homes = homesOf(schema, sections)
  const typesOf = section => [...schema.messages.values(), ...schema.enums.values()].filter(({ name }) => homes.get(name) === section)
  const kinds = {
    messages: (section, link) =>
      [rulesTable(known(schema.messages, section.name), link), ...typesOf(section).map(type => typeSection(type, link))].join('\n\n'),
    types: (section, link) =>
      typesOf(section)
        .map(type => typeSection(type, link))
        .join('\n\n'),
    fields: ({ name }, link) => messageSection(known(schema.messages, name), link),
    enum: ({ name }) => enumSection(known(schema.enums, name)),
    codes: () => codesTable(known(schema.enums, 'CloseCode')),
    channels: () => channelsTable(schema),
    states: ({ name }) => statesSection(name, tables),
    examples: ({ name }) =>
      examples
        .filter(({ page }) => page === name)
        .map(example => exampleSection(example, bytes.get(example)))
        .join('\n\n'),
  }
  return section => {
    const kind = kinds[section.kind]
    if (kind === undefined) throw new Error(`${section.page}: there is no generated section "${section.kind}". There are: ${Object.keys(kinds).join(', ')}.`)
    return kind(sections.find(same(section)), linkFrom(section.page, homes))
  }
}

const same = section => other => other.kind === section.kind && other.name === section.name && other.page === section.page
const typeSection = (type, link) => ('values' in type ? enumSection(type) : messageSection(type, link))

function known(map, name) {
  const found = map.get(name)
  if (found === undefined) throw new Error(`The schema has no ${name}.`)
  return found
}

/**
 * The section in which each type is explained: its own, if one names it; else the one that shows its file (`messages` by the channel's message, `types` by the
 * file's name).
 */
function homesOf({ messages, enums }, sections) {
  const own = new Map(sections.filter(({ kind }) => kind === 'fields' || kind === 'enum').map(section => [section.name, section]))
  const codes = sections.find(({ kind }) => kind === 'codes')
  if (codes !== undefined) own.set('CloseCode', codes)
  const channels = new Map(sections.filter(({ kind }) => kind === 'messages').map(section => [known(messages, section.name).file, section]))
  const files = new Map(sections.filter(({ kind }) => kind === 'types').map(section => [`remoteassist/v1/${section.name}`, section]))
  const roots = new Set(sections.filter(({ kind }) => kind === 'messages').map(({ name }) => name))
  const types = [...messages.values(), ...enums.values()].filter(({ name }) => !roots.has(name))
  return new Map(types.map(({ name, file }) => [name, own.get(name) ?? channels.get(file) ?? files.get(file)]))
}

const linkFrom = (page, homes) => type => {
  const home = homes.get(type)
  if (home === undefined) return type
  const anchor = home.kind === 'codes' ? 'close-codes' : type.toLowerCase().replaceAll('.', '-')
  return `[${type}](${home.page === page ? '' : home.page}#${anchor})`
}
