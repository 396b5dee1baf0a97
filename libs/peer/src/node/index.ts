export { decodeRect, encodeRect, ImageDecodeError } from './image-codec.js'
export { DiskStore, diskFiles, type FileStoreOptions } from './file-store.js'
