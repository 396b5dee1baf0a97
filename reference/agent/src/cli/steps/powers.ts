/** Steps with elevated powers. */
import { AssistError } from '@remote-assist/peer'
import { ExpectationError } from '../errors.js'
import { fields, integer, oneOf, optional, positive, text, texts } from '../values.js'
import { plain, type StepKind } from './step.js'

export const powerSteps: readonly StepKind[] = [
  {
    name: 'elevate',
    help: '{ reason, minutes, scope: standard|admin }: asks for elevated powers, and waits for them',
    read: value => {
      const given = fields(value, 'elevate', ['reason', 'minutes', 'scope'])
      const reason = optional(given.reason, it => text(it, 'elevate.reason')) ?? 'The agent asks for elevated powers.'
      const minutes = optional(given.minutes, it => positive(it, 'elevate.minutes', 60))
      const scope = optional(given.scope, it => oneOf(it, 'elevate.scope', ['standard', 'admin'] as const)) ?? 'admin'
      return async stage => {
        stage.powers = await stage.session.elevate({ reason, scope, ...(minutes === undefined ? {} : { minutes }) })
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
