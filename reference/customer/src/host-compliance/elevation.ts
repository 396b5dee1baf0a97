import assert from 'node:assert/strict'
import type { Elevated, ElevationHost } from '@remote-assist/peer'
import { present, rejectsWith, Seen } from './support.js'
import type { HostSetup } from './witness.js'

const DURATION_MS = 900_000

/** What every host that can elevate must do. */
export const elevationChecks: Readonly<Record<string, (setup: HostSetup) => Promise<void>>> = {
  'gives nothing when the prompt is answered No, and may be asked again': async setup => {
    const elevation = present(setup.host.elevation, 'elevation')
    await rejectsWith('E_DENIED', answered(setup, elevation, 'no', []), 'elevation after No')
    await (await answered(setup, elevation, 'yes', [])).drop()
  },

  'passes through prompt and hand-over, with the secure desktop in between where there is one': async setup => {
    const elevation = present(setup.host.elevation, 'elevation')
    const stages: string[] = []
    const stop = elevation.onSecureDesktop(active => stages.push(active ? 'secure desktop on' : 'secure desktop off'))
    const elevated = await answered(setup, elevation, 'yes', stages)
    const covered = setup.witness.secureDesktop === false ? [] : ['secure desktop on', 'secure desktop off']
    assert.deepEqual(stages, ['os-prompt', ...covered, 'handover'])
    stop()
    await elevated.drop()
  },

  'closes the prompt when the request is withdrawn': async ({ host, witness }) => {
    const elevation = present(host.elevation, 'elevation')
    const secure = new Seen<boolean>()
    const stages = new Seen<string>()
    const stop = elevation.onSecureDesktop(secure.add)
    const withdrawal = new AbortController()
    const pending = elevation.start({ scope: 'admin', durationMs: DURATION_MS, signal: withdrawal.signal, progress: stages.add })
    await stages.until('the prompt', stage => stage === 'os-prompt')
    if (witness.secureDesktop !== false) await secure.until('the secure desktop', active => active)
    withdrawal.abort()
    await assert.rejects(pending)
    assert.deepEqual(secure.all, witness.secureDesktop === false ? [] : [true, false])
    stop()
  },

  'runs commands: output, exit code, end on abort': async setup => {
    const commands = present(setup.witness.commands, 'commands')
    const elevated = await answered(setup, present(setup.host.elevation, 'elevation'), 'yes', [])
    let output = ''
    const done = await elevated.run(commands.short.argv, {
      signal: new AbortController().signal,
      output: async (_, data) => {
        output += Buffer.from(data).toString()
      },
    })
    assert.equal(output, commands.short.output)
    assert.equal(done.exitCode, commands.short.exitCode)
    const stop = new AbortController()
    const endless = elevated.run(commands.endless, { signal: stop.signal, output: async () => {} })
    stop.abort()
    assert.equal((await endless).exitCode, undefined, 'an ended command has an exit code')
    await elevated.drop()
  },

  'drops everything: commands end, and nothing can be done afterwards': async setup => {
    const commands = present(setup.witness.commands, 'commands')
    const elevated = await answered(setup, present(setup.host.elevation, 'elevation'), 'yes', [])
    const endless = elevated.run(commands.endless, { signal: new AbortController().signal, output: async () => {} })
    await elevated.drop()
    assert.equal((await endless).exitCode, undefined)
    await rejectsWith(
      'E_DENIED',
      elevated.run(commands.short.argv, { signal: new AbortController().signal, output: async () => {} }),
      'a command after the drop',
    )
    await rejectsWith('E_DENIED', elevated.sendSecureKeys('ctrl+alt+delete'), 'secure keys after the drop')
    await elevated.drop()
  },

  'sends Ctrl+Alt+Del, or says why not': async setup => {
    const elevated = await answered(setup, present(setup.host.elevation, 'elevation'), 'yes', [])
    assert(['ok', 'policy-blocked', 'unsupported'].includes(await elevated.sendSecureKeys('ctrl+alt+delete')))
    await elevated.drop()
  },
}

async function answered({ witness }: HostSetup, elevation: ElevationHost, answer: 'yes' | 'no', stages: string[]): Promise<Elevated> {
  const started = elevation.start({ scope: 'admin', durationMs: DURATION_MS, signal: new AbortController().signal, progress: stage => stages.push(stage) })
  const answering = present(witness.answerPrompt, 'a witness that answers the prompt').call(witness, answer)
  const [result] = await Promise.allSettled([started, answering])
  if (result.status === 'rejected') throw result.reason
  return result.value
}
