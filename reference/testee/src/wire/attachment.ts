/** How a testee hangs on the suite: by its own input and output, or over a WebSocket that it dials. */
import { create, fromBinary, fromJsonString, toBinary, toJsonString } from '@bufbuild/protobuf'
import { WebSocket } from 'ws'
import { type Answer, type Command, HostFrameSchema, MAX_FRAME_BYTES, TesteeFrameSchema } from '../contract.js'
import { lines, records } from './split.js'

/** The suite, as a testee sees it. */
export interface Attachment {
  /** The commands, in order; ends when the suite goes away. Throws if what comes is no command. */
  readonly commands: AsyncIterable<Command>
  /** Sends an answer or an event. Throws `RangeError` if it is larger than 16 MiB. */
  send(answer: Answer): void
  /** Resolves when everything that was sent is on its way. */
  flushed(): Promise<void>
}

/** Input and output of a process, or what stands for them. */
export interface Pipes {
  readonly input: AsyncIterable<Uint8Array>
  readonly output: NodeJS.WritableStream
}

/** Every frame has its length in front, 32 bits, big-endian. */
export function protobufPipes({ input, output }: Pipes): Attachment {
  return {
    commands: decoded(records(input), bytes => fromBinary(HostFrameSchema, bytes)),
    send: answer => {
      const frame = toBinary(TesteeFrameSchema, create(TesteeFrameSchema, answer))
      const length = Buffer.alloc(4)
      length.writeUInt32BE(bounded(frame.length))
      output.write(Buffer.concat([length, frame]))
    },
    flushed: () => flushed(output),
  }
}

/** A frame is a line of proto3 JSON; fields that are not known are refused. */
export function jsonPipes({ input, output }: Pipes): Attachment {
  return {
    commands: decoded(lines(input), line => fromJsonString(HostFrameSchema, line)),
    send: answer => {
      const line = toJsonString(TesteeFrameSchema, create(TesteeFrameSchema, answer))
      bounded(Buffer.byteLength(line))
      output.write(`${line}\n`)
    },
    flushed: () => flushed(output),
  }
}

/** A frame is a binary message. Resolves once the line is there. */
export async function dialled(url: string): Promise<Attachment> {
  const socket = new WebSocket(url, { perMessageDeflate: false, maxPayload: MAX_FRAME_BYTES })
  const arrived: Uint8Array[] = []
  let wake: () => void = () => undefined
  let over = false
  socket.on('message', (data: Buffer) => {
    arrived.push(data)
    wake()
  })
  socket.on('close', () => {
    over = true
    wake()
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
  })
  async function* messages(): AsyncGenerator<Uint8Array, void, undefined> {
    for (;;) {
      const next = arrived.shift()
      if (next !== undefined) yield next
      else if (over) return
      else
        await new Promise<void>(resolve => {
          wake = resolve
        })
    }
  }
  return {
    commands: decoded(messages(), bytes => fromBinary(HostFrameSchema, bytes)),
    send: answer => {
      const frame = toBinary(TesteeFrameSchema, create(TesteeFrameSchema, answer))
      bounded(frame.length)
      socket.send(frame)
    },
    flushed: () =>
      new Promise(resolve => {
        if (socket.readyState === WebSocket.CLOSED) return resolve()
        socket.once('close', () => resolve())
        socket.close(1000)
      }),
  }
}

async function* decoded<T>(pieces: AsyncIterable<T>, decode: (piece: T) => Command): AsyncGenerator<Command, void, undefined> {
  for await (const piece of pieces) yield decode(piece)
}

function bounded(bytes: number): number {
  if (bytes > MAX_FRAME_BYTES) throw new RangeError(`A frame of ${bytes} bytes is larger than the contract allows (${MAX_FRAME_BYTES}).`)
  return bytes
}

const flushed = (output: NodeJS.WritableStream): Promise<void> => new Promise(resolve => output.write('', () => resolve()))
