/** Steps that move files. */
import { resolve } from 'node:path'
import { FileTransferError } from '@remote-assist/peer'
import { fields, optional, text, texts } from '../values.js'
import type { StepKind } from './step.js'

const percent = (fraction: number): string => `${Math.round(fraction * 100)} %`

export const transferSteps: readonly StepKind[] = [
  {
    name: 'send-files',
    help: 'PATHS: sends files and folders; done when each is verified there',
    read: value => {
      const paths = texts(value, 'send-files').map(path => resolve(path))
      return async ({ session, tell }) => {
        const transfer = session.files.send(paths)
        for await (const { path, fraction } of transfer) if (fraction < 1) tell(`${path} ${percent(fraction)}`)
        await transfer.done
        return `${paths.length} sent`
      }
    },
  },
  {
    name: 'receive',
    help: '{ prompt }: asks the customer for files; they arrive in the folder of --downloads',
    read: value => {
      const { prompt } = fields(value, 'receive', ['prompt'])
      const words = optional(prompt, it => text(it, 'receive.prompt')) ?? 'The agent asks for files.'
      return async ({ session }) => {
        const offer = await session.files.ask(words)
        const { arrived, refused } = await offer.accept().done
        const [first] = refused
        if (first !== undefined)
          throw new FileTransferError(first.code, `${first.message} ${arrived.length} of ${offer.entries.length} arrived.`, { failures: refused })
        return `${arrived.length} received, ${offer.bytes} bytes`
      }
    },
  },
]
