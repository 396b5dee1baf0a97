/** Steps about the session as a whole. */
import { AssistError } from '@remote-assist/peer'
import { fields, integer, oneOf, optional, positive, text } from '../values.js'
import { plain, type StepKind } from './step.js'

/** Longest wait that a script may ask for, seconds. */
const MAX_SECONDS = 86_400
const EXPECTED = ['screens', 'screen', 'people', 'control', 'clipboard', 'chat', 'seconds'] as const

/** Silence denies: who does not answer in time has said no. */
function unanswered(error: unknown): never {
  const silent = error instanceof AssistError && error.code === 'E_TIMEOUT'
  throw silent ? new AssistError('E_CONSENT_DENIED', 'The customer did not answer in time, which is a no.', { cause: error }) : error
}

export const sessionSteps: readonly StepKind[] = [
  {
    name: 'wait-customer',
    help: '{ seconds }: waits until the customer has consented (default 600 s)',
    read: value => {
      const { seconds } = fields(value, 'wait-customer', ['seconds'])
      const limit = optional(seconds, it => positive(it, 'wait-customer.seconds', MAX_SECONDS)) ?? 600
      return async (stage, signal) => {
        const session = await stage.meet(AbortSignal.any([signal, AbortSignal.timeout(limit * 1_000)])).catch(unanswered)
        return `${session.participants.length} in the session; words: ${session.words.join(' ')}`
      }
    },
  },
  {
    name: 'expect',
    help: `{ ${EXPECTED.join(', ')} }: waits until all of it holds (default 10 s), and fails otherwise`,
    read: value => {
      const given = fields(value, 'expect', EXPECTED)
      const seconds = optional(given.seconds, it => positive(it, 'expect.seconds', MAX_SECONDS)) ?? 10
      const screens = optional(given.screens, it => integer(it, 'expect.screens', 0, 64))
      const screen = optional(given.screen, it => integer(it, 'expect.screen', 1, 64))
      const people = optional(given.people, it => integer(it, 'expect.people', 1, 32))
      const control = optional(given.control, it => oneOf(it, 'expect.control', ['ours', 'other', 'nobody'] as const))
      const clipboard = optional(given.clipboard, it => text(it, 'expect.clipboard'))
      const chat = optional(given.chat, it => text(it, 'expect.chat'))
      return async stage => {
        const { session } = stage
        const shown = () => session.screens.list.findIndex(it => it.screenId === session.screens.current?.screenId) + 1
        const inControl = () => (session.control.state.ours ? 'ours' : session.control.state.holder === 0 ? 'nobody' : 'other')
        const check = (what: string, wanted: number | string | undefined, is: () => number | string) =>
          wanted === undefined
            ? undefined
            : stage.until(
                `${what} ${wanted}`,
                () => is() === wanted,
                seconds,
                () => String(is()),
              )
        await check('screens', screens, () => session.screens.list.length)
        await check('screen', screen, shown)
        await check('people', people, () => session.participants.length)
        await check('control', control, inControl)
        if (chat !== undefined)
          await stage.until(
            `chat “${chat}”`,
            () => stage.said.includes(chat),
            seconds,
            () => JSON.stringify(stage.said.at(-1) ?? ''),
          )
        if (clipboard !== undefined) await expectClipboard(stage, clipboard, seconds)
        return undefined
      }
    },
  },
  {
    name: 'invite-viewer',
    help: '{ minutes }: makes an external view link (default 60 min)',
    read: value => {
      const { minutes } = fields(value, 'invite-viewer', ['minutes'])
      const limit = optional(minutes, it => positive(it, 'invite-viewer.minutes', 1_440))
      return async ({ session }) => (await session.invite({ role: 'viewer', ...(limit === undefined ? {} : { minutes: limit }) })).url
    },
  },
  plain('confirm-words', 'tells the customer that the words were compared by voice and are the same', async ({ session }) => {
    session.confirmWords()
    return session.words.join(' ')
  }),
  {
    name: 'chat',
    help: 'TEXT: says it to everybody',
    read: value => {
      const line = text(value, 'chat')
      return async ({ session }) => {
        session.chat.say(line)
        return undefined
      }
    },
  },
  {
    name: 'leave',
    help: '{ end: true }: leaves; with end, for everybody',
    read: value => {
      const { end } = fields(value, 'leave', ['end'])
      return async stage => {
        await stage.leave(end === true)
        return undefined
      }
    },
  },
]

/** Each new offer of the customer's is read, until the text is the one expected. */
async function expectClipboard(stage: Parameters<ReturnType<StepKind['read']>>[0], wanted: string, seconds: number): Promise<void> {
  const { clipboard } = stage.session
  let seen: string | undefined
  const deadline = performance.now() + seconds * 1_000
  for (;;) {
    const left = (deadline - performance.now()) / 1_000
    await stage.until(
      `clipboard “${wanted}”`,
      () => clipboard.offered.length > 0,
      Math.max(0.001, left),
      () => `“${seen ?? ''}”`,
    )
    seen = await clipboard.read()
    if (seen === wanted) return
    const offered = clipboard.offered
    await stage.until(
      `clipboard “${wanted}”`,
      () => clipboard.offered !== offered,
      Math.max(0.001, (deadline - performance.now()) / 1_000),
      () => `“${seen ?? ''}”`,
    )
  }
}
