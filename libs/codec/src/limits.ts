/** What a receiver accepts in a field. A bound that is absent is the type's own. */
export interface FieldLimits {
  /** The field's number, 1–31. */
  readonly number: number
  /** The property that holds it; in a oneof, the `$case`. */
  readonly name: string
  readonly type: 'uint32' | 'sint32' | 'uint64' | 'bool' | 'enum' | 'string' | 'bytes' | 'message'
  /** The full name of the message, or of a map's entry. */
  readonly message?: string
  /** The full name of the enum. */
  readonly enum?: string
  readonly repeated?: true
  /** A map; `message` is its entry, with fields `key` and `value`. */
  readonly map?: true
  /** The oneof that the field is a member of. */
  readonly oneof?: string
  /** string, bytes: shortest and longest, in bytes; if repeated, each. */
  readonly minBytes?: number
  readonly maxBytes?: number
  /** Repeated fields and maps: fewest and most. */
  readonly minItems?: number
  readonly maxItems?: number
  /** Repeated string or bytes: the most bytes of all items together. */
  readonly maxTotalBytes?: number
  /** Numbers and enums: lowest and highest; if repeated, each. */
  readonly min?: number
  readonly max?: number
  /** Empty, or 0, is fine as well. */
  readonly optional?: true
}
