import { connect, listen } from '@remote-assist/transport-websocket'

export const seen: string[] = []
const listener = await listen(connection => ({
  frame: bytes => connection.send(bytes),
  closed: ({ code }) => seen.push(`closed ${code}`),
}))

await new Promise<void>((resolve, reject) => {
  connect(listener.address)
    .open(connection => {
      connection.send(new Uint8Array([1, 2, 3]))
      return {
        frame: bytes => {
          seen.push(`echo ${bytes.join()}`)
          connection.close(100, 'done')
        },
        closed: () => resolve(),
      }
    })
    .catch(reject)
})
await listener.close()
