/** Testees that are good for nothing: what a suite finds in order with one of them it does not look at. */
import type { Answer, AnswerKind, Command } from '../contract.js'
import { platform } from '../platform.js'
import { type Answering, HELLO, Testee } from '../testee.js'

/** The kinds there are. A `crash-at-N` ends the process at the Nth command, without a word. */
export const DEGENERATES = ['null', 'always-ok', 'always-unsupported', 'always-reject', 'crash-at-N', 'hang'] as const

/** Answers each command by its kind; undefined = not at all. */
type Reply = (kind: Command['kind']) => AnswerKind | undefined

const OK: AnswerKind = { case: 'result', value: { ok: true } }
const UNSUPPORTED: AnswerKind = { case: 'result', value: { ok: false, error: 'unsupported', text: 'This testee can do nothing.' } }
/** Where nobody listens. */
const NOWHERE = 'ws://127.0.0.1:9/v1/attach'
const READY: AnswerKind = { case: 'roleReady', value: { pin: '0000000000', customerUrl: 'http://127.0.0.1:9/join#', websocketUrl: NOWHERE } }

/** Says that it can do everything, begins everything, and does nothing of it. */
const nothing: Reply = kind => (kind.case === 'hello' ? HELLO : kind.case === 'startRole' ? READY : kind.case === 'shutdown' ? OK : undefined)
/** Says that everything was done. */
const allDone: Reply = kind => (kind.case === 'snapshot' ? { case: 'snapshotData', value: {} } : (nothing(kind) ?? OK))
/** Says that it can do nothing of what it said it could. */
const allUnsupported: Reply = kind => (kind.case === 'hello' ? HELLO : kind.case === 'shutdown' ? OK : UNSUPPORTED)

const replying =
  (reply: Reply) =>
  (send: (answer: Answer) => void): Answering => ({
    take: async ({ seq, key, kind }) => {
      const answer = reply(kind)
      if (answer !== undefined) send({ reSeq: seq, key, kind: answer })
    },
    close: async () => undefined,
  })

/** Works until the Nth command, at which it dies. */
function crashing(last: number, send: (answer: Answer) => void): Answering {
  const testee = new Testee(send, platform)
  let taken = 0
  return {
    take: command => {
      if (++taken === last) process.kill(process.pid, 'SIGKILL')
      return testee.take(command)
    },
    close: () => testee.close(),
  }
}

/** The testee of that name. Throws `RangeError` if there is none. */
export async function degenerate(name: string, send: (answer: Answer) => void): Promise<Answering> {
  switch (name) {
    case 'null':
      return replying(nothing)(send)
    case 'always-ok':
      return replying(allDone)(send)
    case 'always-unsupported':
      return replying(allUnsupported)(send)
    case 'always-reject':
      return (await import('./rejecting.js')).rejecting(send)
    case 'hang':
      return replying(() => undefined)(send)
    default: {
      const [, count] = /^crash-at-(\d+)$/.exec(name) ?? []
      if (count === undefined || Number(count) === 0) throw new RangeError(`There is no testee “${name}”; there are ${DEGENERATES.join(', ')}.`)
      return crashing(Number(count), send)
    }
  }
}
