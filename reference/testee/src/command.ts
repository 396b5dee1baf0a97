/** The command line: how the testee hangs on the suite, and as what. */
import { parseArgs } from 'node:util'
import type { Answer, Command } from './contract.js'
import { DEGENERATES, degenerate } from './degenerate/degenerate.js'
import { type Answering, Testee } from './testee.js'
import { type Attachment, dialled, jsonPipes, protobufPipes } from './wire/attachment.js'

const USAGE = `remote-assist-testee: the reference implementations as testees of the conformance suite

  --wire protobuf|jsonl   how frames look on standard input and output (default protobuf)
  --attach URL            dials in instead: ws://127.0.0.1:PORT
  --degenerate NAME       is good for nothing instead: ${DEGENERATES.join(', ')}
  --list-mutants          prints the faults that can be planted, as JSON; RA_MUTANT=ID plants one
  --help                  prints this
`

/** Runs until the suite shuts it down or goes away. Returns the exit code. */
export async function command(argv: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      wire: { type: 'string', default: 'protobuf' },
      attach: { type: 'string' },
      degenerate: { type: 'string' },
      'list-mutants': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return print(USAGE)
  if (values['list-mutants']) return print(`${JSON.stringify((await import('./mutants/index.js')).MUTANTS, undefined, 2)}\n`)
  const attachment = await attached(values.attach, values.wire)
  const send = (answer: Answer) => attachment.send(answer)
  await serve(attachment, values.degenerate === undefined ? new Testee(send) : await degenerate(values.degenerate, send))
  await attachment.flushed()
  return 0
}

async function print(text: string): Promise<number> {
  await new Promise<void>(resolve => process.stdout.write(text, () => resolve()))
  return 0
}

async function attached(url: string | undefined, wire: string): Promise<Attachment> {
  if (url !== undefined) return dialled(url)
  const pipes = { input: process.stdin, output: process.stdout }
  if (wire === 'protobuf') return protobufPipes(pipes)
  if (wire === 'jsonl') return jsonPipes(pipes)
  throw new RangeError(`There is no wire “${wire}”; it is protobuf or jsonl.`)
}

/** Answers commands until the last one, or until the suite goes away. */
async function serve({ commands }: Attachment, testee: Answering): Promise<void> {
  for await (const command of commands) {
    const answered = testee.take(command)
    if (isLast(command)) return answered
  }
  await testee.close()
}

const isLast = ({ kind }: Command): boolean => kind.case === 'shutdown'
