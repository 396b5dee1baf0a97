import { readFileSync } from 'node:fs'
import { capture, ROOT } from '../../lib/run.mjs'

/**
 * The schema as the pages show it, read from buf's image.
 *
 * @typedef {{ name: string, number: number, type: string, typeName: string | undefined, repeated: boolean, comment: string, rules: Rule[], limit: Limit | undefined }} Field
 * @typedef {{ name: string, file: string, comment: string, fields: Field[] }} Message
 * @typedef {{ name: string, number: number, comment: string, close: CloseFacts | undefined }} Value
 * @typedef {{ name: string, file: string, comment: string, values: Value[] }} Enum
 * @typedef {{ from: string, to: string[], phases?: string[], grant?: string, needsLease?: boolean, needsElevation?: boolean, otherwise: string }} Rule
 * @typedef {Record<string, number | string | boolean>} Limit
 * @typedef {{ retryable?: boolean, from: string[], sentence: string }} CloseFacts
 * @typedef {{ messages: Map<string, Message>, enums: Map<string, Enum> }} Schema
 */

export const PACKAGE = 'remoteassist.v1'
const MESSAGES_OF_FILE = 4
const ENUMS_OF_FILE = 5
const FIELDS = 2
const NESTED_MESSAGES = 3
const NESTED_ENUMS = 4
const VALUES = 2

/**
 * Builds the schema's image, from which buf encodes faster than from the sources.
 *
 * @param {string} folder the schema's
 * @param {string} image file to write; its name ends in `.json`
 */
export async function buildImage(folder, image) {
  const { code, output } = await capture(['buf', 'build', folder, '-o', image], { cwd: ROOT })
  if (code !== 0) throw new Error(`buf cannot read the schema:\n${output}`)
}

/** The messages and enums of an image, by name; a nested one is `Outer.Inner`. @returns {Schema} */
export const readSchema = image => schemaOf(JSON.parse(readFileSync(image, 'utf8')))

/** @returns {Schema} */
export function schemaOf(image) {
  /** @type {Schema} */
  const schema = { messages: new Map(), enums: new Map() }
  for (const file of image.file.filter(one => one.package === PACKAGE)) {
    const comments = new Map(
      file.sourceCodeInfo.location.map(({ path = [], leadingComments = '' }) => [path.join('.'), leadingComments.trim().replaceAll(/\s*\n\s*/g, ' ')]),
    )
    const comment = path => comments.get(path.join('.')) ?? ''
    const addEnum = (one, path, outer) => {
      const values = one.value.map(({ name, number = 0, options }, index) => ({
        name,
        number,
        comment: comment([...path, VALUES, index]),
        close: options?.[`[${PACKAGE}.close]`],
      }))
      schema.enums.set(outer + one.name, { name: outer + one.name, file: file.name, comment: comment(path), values })
    }
    const addMessage = (one, path, outer) => {
      const name = outer + one.name
      const maps = new Map((one.nestedType ?? []).filter(({ options }) => options?.mapEntry).map(entry => [entry.name, entry]))
      const fields = (one.field ?? []).map((field, index) => fieldOf(field, comment([...path, FIELDS, index]), maps))
      schema.messages.set(name, { name, file: file.name, comment: comment(path), fields })
      for (const [index, nested] of (one.nestedType ?? []).entries())
        if (!maps.has(nested.name)) addMessage(nested, [...path, NESTED_MESSAGES, index], `${name}.`)
      for (const [index, nested] of (one.enumType ?? []).entries()) addEnum(nested, [...path, NESTED_ENUMS, index], `${name}.`)
    }
    for (const [index, one] of (file.messageType ?? []).entries()) addMessage(one, [MESSAGES_OF_FILE, index], '')
    for (const [index, one] of (file.enumType ?? []).entries()) addEnum(one, [ENUMS_OF_FILE, index], '')
  }
  return schema
}

function fieldOf(field, comment, maps) {
  const typeName = field.typeName?.replace(`.${PACKAGE}.`, '')
  const map = maps.get(typeName?.split('.').at(-1))
  return {
    name: field.name,
    number: field.number,
    type: map === undefined ? (typeName ?? scalar(field)) : `map<${map.field.map(scalar).join(', ')}>`,
    typeName: map === undefined ? typeName : undefined,
    repeated: map === undefined && field.label === 'LABEL_REPEATED',
    comment,
    rules: field.options?.[`[${PACKAGE}.rule]`] ?? [],
    limit: field.options?.[`[${PACKAGE}.limit]`],
  }
}

const scalar = ({ type }) => type.replace('TYPE_', '').toLowerCase()
