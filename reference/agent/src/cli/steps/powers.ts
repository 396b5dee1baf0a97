/** Steps with elevated powers. */
import { readFile } from 'node:fs/promises'
import { AssistError, type ElevateOptions } from '@remote-assist/peer'
import { ExpectationError, ScriptError } from '../errors.js'
import { type Fields, fields, integer, oneOf, optional, positive, text, texts } from '../values.js'
import { plain, type StepKind } from './step.js'

const [NEWLINE, CARRIAGE_RETURN] = [0x0a, 0x0d]

/** The first line of a password's file, which is read when the customer has agreed and not before. Bytes, so that they can be wiped. */
async function passwordIn(file: string): Promise<Uint8Array> {
  const bytes = await readFile(file).catch((cause: Error) => {
    throw new ScriptError(`The password cannot be read: ${cause.message}`)
  })
  const line = bytes.subarray(0, bytes.includes(NEWLINE) ? bytes.indexOf(NEWLINE) : bytes.length)
  const password = Uint8Array.from(line.at(-1) === CARRIAGE_RETURN ? line.subarray(0, -1) : line)
  bytes.fill(0)
  return password
}

function credentialsOf(given: Fields): ElevateOptions['credentials'] {
  const account = optional(given.account, it => text(it, 'elevate.account'))
  const file = optional(given['password-file'], it => text(it, 'elevate.password-file'))
  if (account === undefined && file === undefined) return undefined
  if (account === undefined || file === undefined) throw new ScriptError('elevate.account and elevate.password-file go together.')
  return async () => ({ account, password: await passwordIn(file) })
}

export const powerSteps: readonly StepKind[] = [
  {
    name: 'elevate',
    help: '{ reason, minutes, scope: standard|admin, account, password-file }: asks for elevated powers, and waits for them; with an account, by its password',
    read: value => {
      const given = fields(value, 'elevate', ['reason', 'minutes', 'scope', 'account', 'password-file'])
      const reason = optional(given.reason, it => text(it, 'elevate.reason')) ?? 'The agent asks for elevated powers.'
      const minutes = optional(given.minutes, it => positive(it, 'elevate.minutes', 60))
      const scope = optional(given.scope, it => oneOf(it, 'elevate.scope', ['standard', 'admin'] as const)) ?? 'admin'
      const credentials = credentialsOf(given)
      return async stage => {
        const options = { ...(minutes === undefined ? {} : { minutes }), ...(credentials === undefined ? {} : { credentials }) }
        stage.powers = await stage.session.elevate({ reason, scope, ...options })
        void stage.powers.ended.then(() => {
          stage.powers = undefined
        })
        return scope
      }
    },
  },
  plain('drop-elevation', 'gives elevated powers up', async stage => {
    stage.powers?.drop()
    await stage.powers?.ended
    return undefined
  }),
  {
    name: 'run-command',
    help: '{ argv, exit, output }: runs a program with elevated powers; expects exit code (default 0) and text in its output',
    read: value => {
      const given = fields(value, 'run-command', ['argv', 'exit', 'output'])
      const argv = texts(given.argv, 'run-command.argv')
      const exit = optional(given.exit, it => integer(it, 'run-command.exit', 0, 255)) ?? 0
      const wanted = optional(given.output, it => text(it, 'run-command.output'))
      return async (stage, signal) => {
        if (stage.powers === undefined) throw new AssistError('E_NOT_ELEVATED', 'This needs elevated powers.', { hint: 'Put the step elevate before.' })
        const { exitCode, endedBy, stdout, stderr } = await stage.powers.run(argv, { signal })
        const decoder = new TextDecoder()
        const output = decoder.decode(stdout) + decoder.decode(stderr)
        if (endedBy !== undefined) throw new ExpectationError(`${argv[0]} ended by ${endedBy}.`)
        if (exitCode !== exit) throw new ExpectationError(`${argv[0]} was to exit with ${exit}; it exited with ${exitCode}. ${output.trim()}`)
        if (wanted !== undefined && !output.includes(wanted)) throw new ExpectationError(`${argv[0]} was to print “${wanted}”; it printed “${output.trim()}”.`)
        return output.trim().split('\n', 1)[0]
      }
    },
  },
]
