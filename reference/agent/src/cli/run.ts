/** Runs a script against a session. */
import { Agent, type CredentialSubject } from '@remote-assist/peer'
import { auditFile, diskFiles } from '@remote-assist/peer/node'
import { connect } from '@remote-assist/transport-websocket'
import { fetchTrusting } from './authorities.js'
import type { Created } from './create.js'
import { askCredential } from './credential.js'
import { sentenceOf, wordsOf } from './errors.js'
import { lineOf, type RunResult, type StepResult } from './report.js'
import type { NamedStep } from './script.js'
import { Stage } from './stage.js'

/** What a run needs. */
export interface RunSettings {
  readonly created: Created
  /** A command that prints who the agent is. */
  readonly credential: string | undefined
  readonly steps: readonly NamedStep[]
  /** Where received files go. */
  readonly downloads: string
  /** A new file for the copy of the audit log. Absent = none is kept here. */
  readonly audit?: string | undefined
  /** Authorities whose certificates count for the broker, in PEM. Default the well-known ones. */
  readonly ca?: string | undefined
  /** Longest that a step may take, ms; `wait-customer` and `expect` have their own. */
  readonly stepTimeoutMs: number
  readonly tell: (line: string) => void
  readonly signal: AbortSignal
}

/** Steps that say themselves how long they may take. */
const OWN_TIME = new Set(['wait-customer', 'expect', 'send-files', 'receive', 'elevate', 'run-command'])

const asking = (command: string, limitMs: number) => (subject: CredentialSubject) => askCredential(command, subject, limitMs, Date.now)

/** Runs the steps in order up to the first that fails; leaves in any case. */
export async function run({ created, steps, tell, signal, ...settings }: RunSettings): Promise<RunResult & { readonly error?: unknown }> {
  const { brokerUrl, displayName, agentUrl, sessionId } = created
  const { credential, audit, ca, stepTimeoutMs, downloads } = settings
  const mine = {
    ...(credential === undefined ? {} : { credential: asking(credential, stepTimeoutMs) }),
    ...(audit === undefined ? {} : { audit: auditFile(audit) }),
  }
  const files = diskFiles({ folder: downloads })
  const trust = ca === undefined ? {} : { ca }
  const fetch = ca === undefined ? {} : { fetch: fetchTrusting(ca) }
  const agent = await Agent.open({ transport: connect(brokerUrl, trust), ...fetch, brokerUrl, url: agentUrl, displayName, files, signal, ...mine })
  const stage = new Stage(agent, line => tell(`  ${line}`))
  const results: StepResult[] = []
  try {
    for (const { name, run } of steps) {
      const started = performance.now()
      const done = (rest: Pick<StepResult, 'ok' | 'detail' | 'code'>) => {
        const result = { name, ms: Math.round(performance.now() - started), ...rest }
        results.push(result)
        tell(lineOf(result))
      }
      const limit = OWN_TIME.has(name) ? signal : AbortSignal.any([signal, AbortSignal.timeout(stepTimeoutMs)])
      try {
        done({ ok: true, detail: (await run(stage, limit)) ?? '' })
      } catch (error) {
        done({ ok: false, detail: sentenceOf(error), code: wordsOf(error).code })
        return { ok: false, sessionId, steps: results, error }
      }
    }
    return { ok: true, sessionId, steps: results }
  } finally {
    await stage.leave(false)
  }
}
