/** Every small change of a handshake message. */
import type { HandshakeKind } from '../../src/handshake/messages.js'

/** A changed value, and what was done to it. */
interface Mutant<T> {
  readonly name: string
  readonly value: T
}

/** One bit of each byte (another one from byte to byte), one byte fewer, one more, none at all. */
const ofBytes = (bytes: Uint8Array): readonly Mutant<unknown>[] => [
  ...Array.from(bytes, (byte, i) => ({ name: `bit ${i % 8} of byte ${i}`, value: bytes.with(i, byte ^ (1 << (i % 8))) })),
  { name: 'cut by a byte', value: bytes.slice(0, -1) },
  { name: 'a byte longer', value: Uint8Array.of(...bytes, 0) },
  { name: 'emptied', value: new Uint8Array() },
]

const ofText = (text: string): readonly Mutant<unknown>[] => [
  ...[...text].map((char, i) => ({ name: `character ${i}`, value: text.slice(0, i) + String.fromCharCode(char.charCodeAt(0) ^ 1) + text.slice(i + 1) })),
  { name: 'cut by a character', value: text.slice(0, -1) },
  { name: 'a character longer', value: `${text}z` },
  { name: 'emptied', value: '' },
]

const ofNumber = (number: number): readonly Mutant<unknown>[] => [0, 1, number - 1, number + 1, 2 ** 31].map(value => ({ name: `is ${value}`, value }))

const ofList = (list: readonly unknown[]): readonly Mutant<unknown>[] => [
  { name: 'emptied', value: [] },
  { name: 'one more', value: [...list, 'zz'] },
  { name: 'turned round', value: list.toReversed() },
  ...list.flatMap((item, i) => [
    { name: `without ${i}`, value: list.toSpliced(i, 1) },
    ...mutantsOf(item).map(({ name, value }) => ({ name: `${i}: ${name}`, value: list.with(i, value) })),
  ]),
]

const ofFields = (fields: object): readonly Mutant<unknown>[] =>
  Object.entries(fields).flatMap(([key, field]) => mutantsOf(field).map(({ name, value }) => ({ name: `${key} ${name}`, value: { ...fields, [key]: value } })))

function mutantsOf(value: unknown): readonly Mutant<unknown>[] {
  if (value instanceof Uint8Array) return ofBytes(value)
  if (typeof value === 'string') return ofText(value)
  if (typeof value === 'number') return ofNumber(value)
  if (Array.isArray(value)) return ofList(value)
  return typeof value === 'object' && value !== null ? [...ofFields(value)] : []
}

const plain = (value: unknown): string => JSON.stringify(value, (_, part) => (part instanceof Uint8Array ? [...part] : part))

/** Every change of a message that makes another message of it. */
export const mutants = (message: HandshakeKind): readonly Mutant<HandshakeKind>[] =>
  [...ofFields(message.value), ...('version' in message.value ? [{ name: 'version taken away', value: { ...message.value, version: undefined } }] : [])]
    .filter(({ value }) => plain(value) !== plain(message.value))
    .map(({ name, value }) => ({ name: `${message.$case} ${name}`, value: { $case: message.$case, value } as HandshakeKind }))
