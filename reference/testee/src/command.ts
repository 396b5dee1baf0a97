/** The command line: how the testee hangs on the suite, and as what. */
import { parseArgs } from 'node:util'
import type { Answer, Command } from './contract.js'
import { DEGENERATES, degenerate } from './degenerate/degenerate.js'
import { platform } from './platform.js'
import { type Answering, Testee } from './testee.js'
import { type Attachment, dialled, jsonPipes, protobufPipes } from './wire/attachment.js'

const USAGE = `remote-assist-testee: the reference implementations as testees of the conformance suite

  --wire protobuf|jsonl   how frames look on standard input and output (default protobuf)
  --attach URL            dials in instead: ws://127.0.0.1:PORT
  --degenerate NAME       is good for nothing instead: ${DEGENERATES.join(', ')}
  --list-mutants          prints the faults that can be planted, as JSON; RA_MUTANT=ID plants one
  --mutants               plants into each role the fault that its key begins with, as in ID!KEY
  --help                  prints this
`

/** Runs until the suite shuts it down or goes away, with the fault of this id unless that is empty. Returns the exit code. */
export async function command(argv: readonly string[], mutant: string): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      wire: { type: 'string', default: 'protobuf' },
      attach: { type: 'string' },
      degenerate: { type: 'string' },
      'list-mutants': { type: 'boolean', default: false },
      mutants: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return print(USAGE)
  if (values['list-mutants']) return print(`${JSON.stringify((await import('./mutants/index.js')).MUTANTS, undefined, 2)}\n`)
  const attachment = await attached(values.attach, values.wire)
  await serve(attachment, await answering({ ...values, mutant }, answer => attachment.send(answer)))
  await attachment.flushed()
  return 0
}

async function print(text: string): Promise<number> {
  await new Promise<void>(resolve => process.stdout.write(text, () => resolve()))
  return 0
}

interface Kind {
  readonly degenerate?: string | undefined
  readonly mutants: boolean
  readonly mutant: string
}

/** Who answers. What has to do with faults is loaded by who has them alone. */
async function answering({ degenerate: name, mutant, mutants }: Kind, send: (answer: Answer) => void): Promise<Answering> {
  if (name !== undefined) return degenerate(name, send)
  if (mutants) return new (await import('./mutants/by-key.js')).MutantsByKey(send)
  if (mutant !== '') return new (await import('./mutants/plant.js')).Nursery().testee(mutant, send)
  return new Testee(send, platform)
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
