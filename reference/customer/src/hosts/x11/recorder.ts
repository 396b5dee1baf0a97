import { XConnection } from './connection.js'
import type { RecordExtension } from './wire.js'

const ALL_CLIENTS = 3
const FROM_SERVER = 0
const ENABLE_CONTEXT = 5
const EVENT_BYTES = 32
const MAX_EXPECTED = 4096

/** Core event types of what a keyboard or a mouse does. */
export const Device = { keyPress: 2, keyRelease: 3, buttonPress: 4, buttonRelease: 5, motion: 6 } as const

/** One thing that an input device did, or XTEST in its place. */
export interface DeviceEvent {
  readonly type: number
  /** Key code or button; 0 for motion. */
  readonly detail: number
  readonly rootX: number
  readonly rootY: number
}

/**
 * Tells injected events from those of the person in front of the machine. The server works through requests in order, so what was injected comes back in the
 * order in which it was sent: an event that is next in that order is ours, one that is not in it is not. Injected events that the server swallowed (a
 * press of a key that is down) are passed over when a later one comes.
 */
export class Injected {
  readonly #expected: DeviceEvent[] = []
  readonly #held = new Set<number>()

  expect(event: DeviceEvent): void {
    if (event.type === Device.keyPress) this.#held.add(event.detail)
    if (event.type === Device.keyRelease) this.#held.delete(event.detail)
    this.#expected.push(event)
    if (this.#expected.length > MAX_EXPECTED) this.#expected.shift()
  }

  /** True if the event was injected; each injected event answers for one. A key that is held by us repeats in our name. */
  claims(event: DeviceEvent): boolean {
    const at = this.#expected.findIndex(one => one.type === event.type && one.detail === event.detail && samePlace(one, event))
    if (at >= 0) {
      this.#expected.splice(0, at + 1)
      return true
    }
    return (event.type === Device.keyPress || event.type === Device.keyRelease) && this.#held.has(event.detail)
  }
}

function samePlace(one: DeviceEvent, other: DeviceEvent): boolean {
  return one.type !== Device.motion || (one.rootX === other.rootX && one.rootY === other.rootY)
}

/** Listens to all input of a display by the RECORD extension, on a connection of its own. Resolves with undefined if the server lacks it. */
export async function recordInput(display: string, listener: (event: DeviceEvent) => void): Promise<{ stop(): void } | undefined> {
  const connection = await XConnection.open(display)
  const record = await connection.extension<RecordExtension>('record')
  if (!record) {
    connection.close()
    return undefined
  }
  const { x } = connection
  const context = x.AllocID()
  record.CreateContext(context, 0, [ALL_CLIENTS], [{ deviceEvents: { first: Device.keyPress, last: Device.motion } }])
  await connection.sync()
  const request = Buffer.alloc(8)
  request[0] = record.majorOpcode
  request[1] = ENABLE_CONTEXT
  request.writeUInt16LE(2, 2)
  request.writeUInt32LE(context, 4)
  await new Promise<void>(started => {
    const onReply = (reply: Buffer, category: number) => {
      if (category === FROM_SERVER) for (const event of deviceEvents(reply.subarray(24))) listener(event)
      else started()
      return true
    }
    x.seq_num++
    x.pack_stream.put(request)
    // One request, replies without end: nothing of them is kept.
    x.replies[x.seq_num] = [onReply, () => true, true, { push: () => 0 }]
    x.pack_stream.submit(true)
  })
  return {
    stop() {
      connection.close()
      // The server reads nothing from who records, not even a goodbye: without this the process would wait for it.
      x.stream.destroy()
    },
  }
}

function deviceEvents(data: Buffer): DeviceEvent[] {
  const events: DeviceEvent[] = []
  for (let at = 0; at + EVENT_BYTES <= data.length; at += EVENT_BYTES) {
    const type = (data[at] ?? 0) & 0x7f
    const detail = type === Device.motion ? 0 : (data[at + 1] ?? 0)
    events.push({ type, detail, rootX: data.readInt16LE(at + 20), rootY: data.readInt16LE(at + 22) })
  }
  return events
}
