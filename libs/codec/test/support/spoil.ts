import { encodeMessage, LIMITS, type MessageType } from '@remote-assist/codec'
import { messageArbitrary } from '@remote-assist/codec/testing'
import fc, { type Arbitrary } from 'fast-check'
import { Cursor, DELIMITED, VARINT } from './cursor.js'
import { varint } from './wire.js'

/** Returns bytes that came from a message of the type, mostly, before its fields and then its bytes were changed; some are left as they were. */
export function spoilt(type: MessageType<unknown>): Arbitrary<Uint8Array> {
  const ofMessage = fc
    .tuple(messageArbitrary(type), fc.array(fieldEdit, { maxLength: 2 }), fc.array(byteEdit, { maxLength: 2 }))
    .map(([message, fieldEdits, byteEdits]) => {
      const tree = fieldEdits.reduce((changed, { path, edit }) => editAt(changed, path, edit), parse(type.$type, encodeMessage(type, message)))
      return Uint8Array.from(byteEdits.reduce<readonly number[]>((changed, edit) => edit(changed), write(tree)))
    })
  return fc.oneof({ weight: 1, arbitrary: fc.uint8Array({ maxLength: 48 }) }, { weight: 5, arbitrary: ofMessage })
}

/** A field with its tag; a message's is a tree, and so are its own. */
interface Field {
  readonly tag: number
  readonly value: bigint | Uint8Array | Tree
}

type Tree = readonly Field[]

function parse(name: string, bytes: Uint8Array): Tree {
  const fields: Field[] = []
  for (const cursor = new Cursor(bytes); !cursor.done; ) {
    const { number, wireType } = cursor.tag()
    const value = cursor.value(wireType)
    const message = LIMITS[name]?.find(field => field.number === number)?.message
    fields.push({ tag: number * 8 + wireType, value: message !== undefined && value instanceof Uint8Array ? parse(message, value) : value })
  }
  return fields
}

function write(tree: Tree): number[] {
  return tree.flatMap(({ tag, value }) => {
    if (typeof value === 'bigint') return [...varint(tag), ...varint(value)]
    const bytes = value instanceof Uint8Array ? value : write(value)
    return [...varint(tag), ...varint(bytes.length), ...bytes]
  })
}

/** A change to the fields of one message. */
type FieldEdit = (tree: Tree) => Tree

/** Changes the message that the path leads to: which of the messages in it, which of those in that one, … */
function editAt(tree: Tree, path: readonly number[], edit: FieldEdit): Tree {
  const inner = tree.filter(({ value }) => typeof value !== 'bigint' && !(value instanceof Uint8Array))
  const [first, ...rest] = path
  if (first === undefined || inner.length === 0) return edit(tree)
  const chosen = inner[first % inner.length]
  return tree.map(field => (field === chosen ? { ...field, value: editAt(field.value as Tree, rest, edit) } : field))
}

/** A place, as a fraction of what there is. */
const place = fc.nat(9_999).map(n => n / 10_000)
const at = (list: { readonly length: number }, where: number): number => Math.floor(where * list.length)

const change = (where: number, make: (field: Field) => readonly Field[]): FieldEdit => {
  return tree => tree.flatMap((field, i) => (i === at(tree, where) ? make(field) : [field]))
}

/** A message that ends too soon, while what is around it goes on; any other field as it is. */
function cut(field: Field, end: number): readonly Field[] {
  if (typeof field.value === 'bigint' || field.value instanceof Uint8Array) return [field]
  const bytes = Uint8Array.from(write(field.value))
  return [
    { ...field, value: bytes.subarray(0, at(bytes, end)) },
    { tag: 15 * 8 + VARINT, value: 1n },
  ]
}

/** Numbers at which something begins or ends. */
const corner = fc
  .tuple(fc.constantFrom(0n, 1n, 8n, 16n, 32n, 1n << 14n, (1n << 31n) - 1n, 1n << 31n, 1n << 32n, 1n << 63n, 1n << 64n), fc.constantFrom(-1n, 0n, 1n))
  .map(([number, more]) => (number + more < 0n ? 0n : number + more))

const fieldEdit = fc.record({
  path: fc.array(fc.nat(7), { maxLength: 3 }),
  edit: fc.oneof(
    place.map(where => change(where, field => [field, field])),
    place.map(where => change(where, () => [])),
    fc.tuple(place, place).map(
      ([from, to]): FieldEdit =>
        tree =>
          tree.toSpliced(at(tree, to), 0, ...tree.slice(at(tree, from), at(tree, from) + 1)),
    ),
    fc.tuple(place, corner).map(([where, value]) => change(where, ({ tag }) => [{ tag: tag - (tag % 8) + VARINT, value }])),
    fc.tuple(place, fc.uint8Array({ maxLength: 70 })).map(([where, value]) => change(where, ({ tag }) => [{ tag: tag - (tag % 8) + DELIMITED, value }])),
    fc.tuple(place, fc.integer({ min: 1, max: 40 })).map(([where, number]) => change(where, field => [{ ...field, tag: number * 8 + (field.tag % 8) }])),
    fc.tuple(place, place).map(([where, end]) => change(where, field => cut(field, end))),
  ),
})

const byte = fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(0, 1, 2, 0x7f, 0x80, 0xff))

/** A change to the bytes. */
const byteEdit: Arbitrary<(bytes: readonly number[]) => readonly number[]> = fc.oneof(
  fc.tuple(place, byte).map(
    ([where, value]) =>
      (bytes: readonly number[]) =>
        bytes.map((old, i) => (i === at(bytes, where) ? value : old)),
  ),
  fc.tuple(place, fc.nat(7)).map(
    ([where, bit]) =>
      (bytes: readonly number[]) =>
        bytes.map((old, i) => (i === at(bytes, where) ? old ^ (1 << bit) : old)),
  ),
  fc.tuple(place, fc.array(byte, { minLength: 1, maxLength: 12 })).map(
    ([where, more]) =>
      (bytes: readonly number[]) =>
        bytes.toSpliced(at(bytes, where), 0, ...more),
  ),
  fc.tuple(place, fc.integer({ min: 1, max: 4 })).map(
    ([where, count]) =>
      (bytes: readonly number[]) =>
        bytes.toSpliced(at(bytes, where), count),
  ),
  place.map(where => (bytes: readonly number[]) => bytes.slice(0, at(bytes, where))),
)
