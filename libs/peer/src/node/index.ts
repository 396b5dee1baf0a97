export { decodeRect, encodeRect, ImageDecodeError } from './image-codec.js'
