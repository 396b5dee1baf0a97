/** The code by which the customer joins, as the agent's end has it. A new one is made on the agent's click alone. */
import { type Agent, AssistError } from '@remote-assist/peer'
import type { Code } from './model.js'

/** The code as it is now; nobody has tried it. */
export const codeOf = (agent: Agent): Code => ({
  pin: pinOf(agent),
  triesLeft: undefined,
  used: false,
  url: agent.customerUrl,
  expiresAtMs: agent.codeExpiresAtMs,
})

/** Makes a new code. Where the session had all the PINs that it may, there is a new link without one. */
export async function renewedCodeOf(agent: Agent): Promise<Code> {
  await agent.renewCode().catch(unlessLimit)
  return codeOf(agent)
}

/**
 * The code after somebody came and did not get in: a wrong PIN costs one of its tries, and one that was proven is used, for `asked` = the customer was deciding
 * already. The same code if that changed nothing.
 */
export function codeAfter({ code, attemptsLeft }: AssistError, before: Code, asked: boolean): Code {
  if (asked) return { ...before, used: true }
  const triesLeft = code === 'E_ATTEMPTS' ? 0 : code === 'E_PIN_WRONG' ? attemptsLeft : undefined
  return before.pin === undefined || triesLeft === undefined ? before : { ...before, triesLeft }
}

function pinOf(agent: Agent): string | undefined {
  try {
    return agent.pin.grouped
  } catch (error) {
    return unlessLimit(error)
  }
}

function unlessLimit(error: unknown): undefined {
  if (!(error instanceof AssistError) || error.code !== 'E_LIMIT') throw error
}
