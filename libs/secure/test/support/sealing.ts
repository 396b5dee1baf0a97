import { RecordOpener, type RecordSealer, webAead } from '@remote-assist/secure'

/** Seals a message for the other end and opens it there, as drivers do with every one. `trafficSecret`: of the handshake, for this channel and direction. */
export async function pass(text: string, sealer: RecordSealer, trafficSecret: Uint8Array): Promise<string> {
  // The header of the frame that carries the record: it opens under the same header alone.
  const header = { channel: 10, source: 1, targets: [2], sequence: 7 }
  const record = await sealer.seal(header, new TextEncoder().encode(text), performance.now())
  const opener = new RecordOpener(webAead, trafficSecret)
  return new TextDecoder().decode(await opener.open(header, record))
}
