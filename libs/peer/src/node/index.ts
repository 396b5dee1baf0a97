export { auditFile } from './audit-file.js'
export { DiskStore, diskFiles, type FileStoreOptions } from './file-store.js'
export { decodeRect, encodeRect, ImageDecodeError } from './image-codec.js'
export { Painting } from './painting.js'
