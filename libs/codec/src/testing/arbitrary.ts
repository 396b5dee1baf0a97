import fc, { type Arbitrary } from 'fast-check'
import type { MessageType } from '../channels.js'
import { ENUMS } from '../gen/enums.js'
import { LIMITS } from '../gen/limits.js'
import type { FieldLimits } from '../limits.js'

/** Repeated fields, strings and bytes stay this small unless their least is more: size is tested apart from variety. */
const USUAL_ITEMS = 4
const USUAL_BYTES = 48

const LAST_CODE_POINT = 0x10_ffff
const FIRST_SURROGATE = 0xd800
const SURROGATES = 0x800

/** Any one code point but half a surrogate pair, simple ones first: a unit for `fc.string` that costs nothing to make, as `unit: 'binary'` does for a second. */
export const codePoint: Arbitrary<string> = fc
  .nat(LAST_CODE_POINT - SURROGATES)
  .map(nth => String.fromCodePoint(nth < FIRST_SURROGATE ? nth : nth + SURROGATES))

const known = new Map<string, Arbitrary<unknown>>()

/** Returns messages of this type that every receiver accepts: each field within its limits, every member of a oneof, absent fields, text of all planes. */
export function messageArbitrary<T>(type: Pick<MessageType<T>, '$type'>): Arbitrary<T> {
  return arbitraryOf(type.$type) as Arbitrary<T>
}

function arbitraryOf(name: string): Arbitrary<unknown> {
  let arbitrary = known.get(name)
  if (arbitrary === undefined) {
    arbitrary = build(LIMITS[name] ?? [])
    known.set(name, arbitrary)
  }
  return arbitrary
}

function build(fields: readonly FieldLimits[]): Arbitrary<unknown> {
  const oneofs = new Set(fields.flatMap(field => field.oneof ?? []))
  const members = [...oneofs].map((name): [string, Arbitrary<unknown>] => [name, oneofArbitrary(fields.filter(field => field.oneof === name))])
  const plain = fields.filter(field => field.oneof === undefined).map((field): [string, Arbitrary<unknown>] => [field.name, fieldArbitrary(field)])
  return fc.record(Object.fromEntries([...plain, ...members]), { noNullPrototype: true })
}

function oneofArbitrary(cases: readonly FieldLimits[]): Arbitrary<unknown> {
  const members = cases.map(field => fc.record({ $case: fc.constant(field.name), value: valueArbitrary(field) }, { noNullPrototype: true }))
  return fc.option(fc.oneof(...members), { nil: undefined, freq: 20 })
}

function fieldArbitrary(field: FieldLimits): Arbitrary<unknown> {
  if (field.map) {
    const [key, value] = LIMITS[field.message ?? ''] ?? []
    if (key === undefined || value === undefined) throw new TypeError(`${field.name} has no entry`)
    return fc.array(fc.tuple(textArbitrary(key), textArbitrary(value)), { maxLength: USUAL_ITEMS }).map(entries => new Map(entries))
  }
  if (field.repeated) {
    const minLength = field.minItems ?? 0
    return fc.array(valueArbitrary(field), { minLength, maxLength: Math.min(field.maxItems ?? USUAL_ITEMS, minLength + USUAL_ITEMS) })
  }
  return field.type === 'message' ? fc.option(valueArbitrary(field), { nil: undefined }) : valueArbitrary(field)
}

function valueArbitrary(field: FieldLimits): Arbitrary<unknown> {
  const { min = 0, max, optional } = field
  const orNothing = <T>(arbitrary: Arbitrary<T>, nothing: T) => (optional ? fc.oneof(fc.constant(nothing), arbitrary) : arbitrary)
  switch (field.type) {
    case 'bool':
      return fc.boolean()
    case 'enum':
      return fc.constantFrom(...Object.values(ENUMS[field.enum ?? ''] ?? {}).filter(value => value >= min))
    case 'uint32':
      return orNothing(fc.integer({ min, max: max ?? 0xffff_ffff }), 0)
    case 'sint32':
      return fc.integer({ min: field.min ?? -0x8000_0000, max: max ?? 0x7fff_ffff })
    case 'uint64':
      return fc.oneof(
        fc.bigInt({ min: BigInt(min), max: max === undefined ? 0xffff_ffff_ffff_ffffn : BigInt(max) }),
        fc.bigInt({ min: BigInt(min), max: 1n << 20n }),
      )
    case 'string':
      return orNothing(textArbitrary(field), '')
    case 'bytes':
      return orNothing(bytesArbitrary(field), new Uint8Array(0))
    case 'message':
      return arbitraryOf(field.message ?? '')
  }
}

function bytesArbitrary({ minBytes = 0, maxBytes = USUAL_BYTES }: FieldLimits): Arbitrary<Uint8Array> {
  return fc.uint8Array({ minLength: minBytes, maxLength: Math.min(maxBytes, minBytes + USUAL_BYTES) })
}

/** Text whose UTF-8 form has the right length: cut, or filled up, to fit. */
function textArbitrary({ minBytes = 0, maxBytes = USUAL_BYTES }: FieldLimits): Arbitrary<string> {
  const most = Math.min(maxBytes, minBytes + USUAL_BYTES)
  return fc.string({ unit: codePoint, maxLength: most }).map(characters => {
    let text = ''
    let size = 0
    for (const character of characters) {
      size += utf8Size(character)
      if (size > most) break
      text += character
    }
    return text + 'x'.repeat(Math.max(0, minBytes - utf8SizeOf(text)))
  })
}

const utf8SizeOf = (text: string) => [...text].reduce((size, character) => size + utf8Size(character), 0)

function utf8Size(character: string): number {
  const point = character.codePointAt(0) ?? 0
  return point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x1_0000 ? 3 : 4
}
