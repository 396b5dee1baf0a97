import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { capture, ROOT } from '../../lib/run.mjs'
import { PACKAGE } from './schema.mjs'
import { inTemporaryFolder } from './temporary.mjs'

/**
 * An example is a whole frame: its header and its messages in proto3 JSON. buf encodes it, so that no code of ours decides what the bytes are.
 *
 * @typedef {{ page: string, title: string, frame: Record<string, unknown> & { channel: string }, messages: readonly unknown[] }} Example
 */

/** Channels whose payload is one bare message; every other payload is a record. */
const BARE = new Set(['CHANNEL_RELAY', 'CHANNEL_HANDSHAKE'])
const BYTES_A_LINE = 16

/** @returns {Example[]} */
export const readExamples = () => JSON.parse(readFileSync(join(ROOT, 'scripts', 'spec', 'examples.json'), 'utf8'))

/** The name of the message type of a channel: `CHANNEL_CHAT` → `ChatMessage`. */
export const messageTypeOf = channel => `${channel['CHANNEL_'.length]}${channel.slice('CHANNEL_'.length + 1).toLowerCase()}Message`

/** The bytes of an example's frame. @param {Example} example @param {string} image the schema's */
export async function encodeExample({ frame, messages }, image) {
  const type = messageTypeOf(frame.channel)
  const encoded = await Promise.all(messages.map(message => encode(type, message, image)))
  const payload = Buffer.concat(BARE.has(frame.channel) ? encoded : encoded.flatMap(bytes => [varint(bytes.length), bytes]))
  return encode('Frame', { ...frame, payload: payload.toString('base64') }, image)
}

/** An example as a page shows it: what it says, and its bytes. @param {Example} example @param {Buffer} bytes */
export function exampleSection({ title, frame, messages }, bytes) {
  const { channel, ...header } = frame
  const said = [
    `Frame ${JSON.stringify({ channel: channel.replace('CHANNEL_', ''), ...header })}`,
    ...messages.map(message => `  ${messageTypeOf(channel)} ${JSON.stringify(message)}`),
  ]
  return `#### ${title}\n\n\`\`\`text\n${said.join('\n')}\n\n${hexDump(bytes)}\n\`\`\``
}

/** Bytes in hex, 16 a line. */
export function hexDump(bytes) {
  const lines = Array.from({ length: Math.ceil(bytes.length / BYTES_A_LINE) }, (_none, index) =>
    bytes.subarray(index * BYTES_A_LINE, (index + 1) * BYTES_A_LINE),
  )
  return lines.map(line => line.toString('hex').replaceAll(/(..)(?!$)/g, '$1 ')).join('\n')
}

async function encode(type, json, image) {
  return inTemporaryFolder(async folder => {
    const from = join(folder, 'in.json')
    const to = join(folder, 'out.binpb')
    writeFileSync(from, JSON.stringify(json))
    const { code, output } = await capture(['buf', 'convert', image, '--type', `${PACKAGE}.${type}`, '--from', from, '--to', to], { cwd: ROOT })
    if (code !== 0) throw new Error(`buf cannot encode this ${type}: ${JSON.stringify(json)}\n${output}`)
    return readFileSync(to)
  })
}

function varint(value) {
  const bytes = []
  let rest = value
  for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80)
  return Buffer.from([...bytes, rest])
}
