import type { ScreenInfo } from '@remote-assist/peer'
import type { XConnection } from './connection.js'
import type { RandrExtension } from './wire.js'

const GET_MONITORS = 42
const GET_GEOMETRY = 14
const XA_STRING = 31
const XA_RESOURCE_MANAGER = 23

interface Monitor {
  readonly name: number
  readonly primary: boolean
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly outputs: readonly number[]
}

/** The monitors as RANDR 1.5 knows them; the whole root window as one if the server is older or reports none. */
export async function readLayout(connection: XConnection, randr: RandrExtension | undefined): Promise<readonly ScreenInfo[]> {
  const scalePercent = await readScale(connection)
  const monitors = randr && (randr.major_version > 1 || randr.minor_version >= 5) ? await readMonitors(connection, randr) : []
  if (monitors.length === 0) {
    const { width, height } = await rootSize(connection)
    return [{ id: 1, name: 'screen', x: 0, y: 0, width, height, scalePercent, rotation: 0, primary: true }]
  }
  const first = monitors.findIndex(monitor => monitor.primary)
  return Promise.all(
    monitors.map(async (monitor, i) => ({
      id: monitor.name,
      name: await connection.atomName(monitor.name),
      x: monitor.x,
      y: monitor.y,
      width: monitor.width,
      height: monitor.height,
      scalePercent,
      rotation: await readRotation(connection, randr, monitor.outputs),
      primary: i === Math.max(0, first),
    })),
  )
}

/** RRGetMonitors (RANDR 1.5, minor opcode 42). A monitor's name is an atom: it stays the same for as long as the X server lives, and is never 0. */
function readMonitors(connection: XConnection, randr: RandrExtension): Promise<readonly Monitor[]> {
  const request = Buffer.alloc(12)
  request[0] = randr.majorOpcode
  request[1] = GET_MONITORS
  request.writeUInt16LE(3, 2)
  request.writeUInt32LE(connection.root, 4)
  request[8] = 1
  return connection.raw(request, reply => {
    const monitors: Monitor[] = []
    let at = 24
    for (let count = reply.readUInt32LE(4); count > 0; count--) {
      const outputs = reply.readUInt16LE(at + 6)
      monitors.push({
        name: reply.readUInt32LE(at),
        primary: reply[at + 4] !== 0,
        x: reply.readInt16LE(at + 8),
        y: reply.readInt16LE(at + 10),
        width: reply.readUInt16LE(at + 12),
        height: reply.readUInt16LE(at + 14),
        outputs: Array.from({ length: outputs }, (_, i) => reply.readUInt32LE(at + 24 + i * 4)),
      })
      at += 24 + outputs * 4
    }
    return monitors
  })
}

/** RANDR turns counter-clockwise, by bits 1, 2, 4, 8; reflections are left out. */
async function readRotation(connection: XConnection, randr: RandrExtension | undefined, outputs: readonly number[]): Promise<ScreenInfo['rotation']> {
  const output = outputs[0]
  if (!randr || output === undefined) return 0
  const { crtc } = await connection.request<{ crtc: number }>(done => randr.GetOutputInfo(output, 0, done))
  if (crtc === 0) return 0
  const { rotation } = await connection.request<{ rotation: number }>(done => randr.GetCrtcInfo(crtc, 0, done))
  return rotation & 2 ? 270 : rotation & 4 ? 180 : rotation & 8 ? 90 : 0
}

function rootSize(connection: XConnection): Promise<{ width: number; height: number }> {
  const request = Buffer.alloc(8)
  request[0] = GET_GEOMETRY
  request.writeUInt16LE(2, 2)
  request.writeUInt32LE(connection.root, 4)
  return connection.raw(request, reply => ({ width: reply.readUInt16LE(8), height: reply.readUInt16LE(10) }))
}

/** `Xft.dpi` of the resource database, as desktops set it; 96 dpi are 100 %. */
async function readScale(connection: XConnection): Promise<number> {
  const { x, root } = connection
  const property = await connection.request<{ data: Buffer }>(done => x.GetProperty(0, root, XA_RESOURCE_MANAGER, XA_STRING, 0, 65_536, done))
  const dpi = Number(/^Xft\.dpi:\s*(\d+)/m.exec(property.data.toString('latin1'))?.[1] ?? 96)
  return dpi > 0 ? Math.round((dpi / 96) * 100) : 100
}
