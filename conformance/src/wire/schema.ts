/** The suite's own codec: everything about the schema, by reflection over its .proto files. Enum values in decoded fields have no prefix (`VIEW_SCREEN`). */
export {
  channelName,
  channelNumber,
  channels,
  decodeFrame,
  decodeMessage,
  encodeFrame,
  encodeMessage,
  encodeRecord,
  membersOf,
  splitRecord,
  type WireFrame,
} from './frame.js'
export { type FieldLimit, limits, type RuleLine, rules } from './matrix.js'
export { decodePlain, encodePlain, fromPlain, toProtoJson } from './plain.js'
export { enumOf, enumValue, jsonName, nameOf, root, SchemaError, typeOf } from './root.js'
