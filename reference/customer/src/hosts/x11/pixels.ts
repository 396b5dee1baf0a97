import { randomUUID } from 'node:crypto'
import { closeSync, ftruncateSync, openSync, readSync, unlinkSync } from 'node:fs'
import type { Rect } from '@remote-assist/peer'
import type { XConnection } from './connection.js'
import type { ShmExtension } from './wire.js'

const Z_PIXMAP = 2
const ALL_PLANES = 0xffffffff

/** Where pixels go: rows of BGRA for an area of the root window. */
export interface Target {
  /** The area in root coordinates. */
  readonly area: Rect
  /** `area.width * area.height * 4` bytes. */
  readonly bytes: Uint8Array
}

/** Reads pixels of the root window. */
export interface PixelReader {
  readonly kind: 'shm' | 'getimage'
  /** Reads rectangles in root coordinates, all inside the target's area, whose sizes add up to no more than `capacity` pixels. */
  read(rects: readonly Rect[], target: Target): Promise<void>
  close(): void
}

/**
 * Makes a reader for `capacity` pixels at a time. With MIT-SHM 1.2 on a local display the server writes them into a nameless file in memory, which costs
 * one copy; otherwise they come through the socket.
 */
export async function pixelReader(connection: XConnection, shm: ShmExtension | undefined, capacity: number): Promise<PixelReader> {
  return (shm?.fdCapable && (await sharedReader(connection, shm, capacity))) || socketReader(connection)
}

async function sharedReader(connection: XConnection, shm: ShmExtension, capacity: number): Promise<PixelReader | undefined> {
  let fd: number
  try {
    fd = sharedFile(capacity * 4)
  } catch {
    return undefined
  }
  const segment = connection.x.AllocID()
  const attached = await connection
    .request<null>(done => shm.AttachFd(segment, fd, false, error => done(error, null)))
    .then(
      () => true,
      () => false,
    )
  if (!attached) {
    closeSync(fd)
    return undefined
  }
  return {
    kind: 'shm',
    async read(rects, target) {
      let offset = 0
      await Promise.all(
        rects.map(({ x, y, width, height }) => {
          const start = offset
          offset += width * height * 4
          return connection.request<unknown>(done => shm.GetImage(connection.root, x, y, width, height, ALL_PLANES, Z_PIXMAP, segment, start, done))
        }),
      )
      offset = 0
      for (const rect of rects) {
        const size = rect.width * rect.height * 4
        if (rect.width === target.area.width) readSync(fd, target.bytes, (rect.y - target.area.y) * rect.width * 4, size, offset)
        else {
          const rows = Buffer.allocUnsafe(size)
          readSync(fd, rows, 0, size, offset)
          copyRows(rows, rect, target)
        }
        offset += size
      }
    },
    close() {
      if (!connection.lost) shm.Detach(segment)
      closeSync(fd)
    },
  }
}

/** A file in memory that has no name any more: it goes when both ends close it. Throws where there is no /dev/shm. */
function sharedFile(size: number): number {
  const path = `/dev/shm/remote-assist-${randomUUID()}`
  const fd = openSync(path, 'wx+', 0o600)
  unlinkSync(path)
  ftruncateSync(fd, size)
  return fd
}

function socketReader(connection: XConnection): PixelReader {
  return {
    kind: 'getimage',
    async read(rects, target) {
      await Promise.all(
        rects.map(async rect => {
          const { x, y, width, height } = rect
          const image = await connection.request<{ data: Buffer }>(done =>
            connection.x.GetImage(Z_PIXMAP, connection.root, x, y, width, height, ALL_PLANES, done),
          )
          copyRows(image.data, rect, target)
        }),
      )
    },
    close() {},
  }
}

function copyRows(rows: Uint8Array, rect: Rect, { area, bytes }: Target): void {
  const rowBytes = rect.width * 4
  for (let y = 0; y < rect.height; y++) bytes.set(rows.subarray(y * rowBytes, (y + 1) * rowBytes), ((rect.y - area.y + y) * area.width + rect.x - area.x) * 4)
}
