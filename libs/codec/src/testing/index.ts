export { codePoint, messageArbitrary } from './arbitrary.js'
export { toProto3Json } from './json.js'
