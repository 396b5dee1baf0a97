// Reads what the generator needs from a buf image in JSON.

export const PACKAGE = 'remoteassist.v1'

/** What every generated file begins with. */
export const HEADER = '// Generated from proto/ by `npm run generate -w @remote-assist/codec`. Do not edit.\n'

/** The project's own files. */
export const filesOf = image => image.file.filter(file => file.package === PACKAGE)

/** Every message, nested ones included, as [full name without a leading dot, descriptor]. */
export function messagesOf(image) {
  const walk = (prefix, messages) => messages.flatMap(m => [[`${prefix}.${m.name}`, m], ...walk(`${prefix}.${m.name}`, m.nestedType ?? [])])
  return filesOf(image).flatMap(file => walk(PACKAGE, file.messageType ?? []))
}

/** Every enum, nested ones included, as [full name without a leading dot, descriptor]. */
export function enumsOf(image) {
  const nested = messagesOf(image).flatMap(([name, m]) => (m.enumType ?? []).map(e => [`${name}.${e.name}`, e]))
  return [...filesOf(image).flatMap(file => (file.enumType ?? []).map(e => [`${PACKAGE}.${e.name}`, e])), ...nested]
}

/** `RELAY_STATE` for prefix `RelayState`: the prefix of an enum's values. */
const screaming = name => name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toUpperCase()

/** `AGENT` for `ROLE_AGENT` of enum `Role`. */
export const shortName = (enumName, value) => value.slice(screaming(enumName).length + 1)

/** Ends generation with a sentence about the schema. */
export function fail(sentence) {
  throw new Error(`proto: ${sentence}`)
}
