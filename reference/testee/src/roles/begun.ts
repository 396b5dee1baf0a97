/** What takes the other side's answer: begun when the result comes, and told as `answered` when it is known. */
import { RefusalReason } from '@remote-assist/codec'
import { AssistError, refusalError } from '@remote-assist/peer'
import type { Stage } from './role.js'

/** The refusals by the codes of the errors that they become. */
const REFUSALS: ReadonlyMap<string, string> = new Map(
  Object.values(RefusalReason)
    .filter((reason): reason is RefusalReason => typeof reason === 'number' && reason !== RefusalReason.UNSPECIFIED)
    .map(reason => [refusalError(reason).code, RefusalReason[reason]]),
)

/** Why something was refused, in the schema's words; the error's own code if it was nothing that the other side said. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof AssistError)) return 'FAILED'
  if (error.code === 'E_ELEVATION' && typeof error.cause === 'string') return error.cause
  return REFUSALS.get(error.code) ?? error.code
}

/**
 * Resolves once `answer` is under way, and tells what came of it: what `granted` makes of it, or `NAME refused REASON`. Rejects if it failed before the other
 * side could have a part in it.
 */
export async function begin<T>(tell: Stage['tell'], name: string, answer: Promise<T>, granted: (value: T) => string): Promise<void> {
  let begun = false
  const told = answer.then(
    value => tell({ case: 'answered', value: granted(value) }),
    (error: unknown) => {
      if (!begun) throw error
      tell({ case: 'answered', value: `${name} refused ${reasonOf(error)}` })
    },
  )
  await Promise.race([told, new Promise<void>(resolve => setImmediate(resolve))])
  begun = true
}
