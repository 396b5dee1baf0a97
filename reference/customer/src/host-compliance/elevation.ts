import assert from 'node:assert/strict'
import { type Elevated, type ElevationAuthority, type ElevationHost, type HelperAuthority, helperAuthority, Permission } from '@remote-assist/peer'
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
    const pending = elevation.start({
      scope: 'admin',
      durationMs: DURATION_MS,
      authority: helperAuthority(),
      signal: withdrawal.signal,
      progress: stages.add,
    })
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
    const elevated = await powers(setup)
    assert(['ok', 'policy-blocked', 'unsupported'].includes(await elevated.sendSecureKeys('ctrl+alt+delete')))
    await elevated.drop()
  },

  'gives nothing to whom the customer signed no capability (RA-SEC-233)': async setup => {
    for (const what of ['none', 'another customer’s', 'one that is over', 'one that was taken back']) {
      const authority = helperAuthority()
      const capability = FALSE[what]?.(authority) ?? authority.capability
      await rejectsWith('E_CAPABILITY', powers(setup, { ...authority, capability }), `elevation by ${what}`)
    }
  },

  'goes on by newer capabilities, and ends when one does not hold, with the command that runs': async setup => {
    const commands = present(setup.witness.commands, 'commands')
    for (const [what, capability] of Object.entries(FALSE)) {
      const authority = helperAuthority()
      const elevated = await powers(setup, authority)
      elevated.renew(authority.sign())
      assert.equal((await run(elevated, commands.short.argv)).exitCode, commands.short.exitCode)
      const endless = run(elevated, commands.endless)
      elevated.renew(capability(authority))
      await elevated.ended
      assert.equal((await endless).exitCode, undefined, `a command goes on by ${what}`)
      await rejectsWith('E_DENIED', run(elevated, commands.short.argv), `a command by ${what}`)
      await rejectsWith('E_DENIED', elevated.sendSecureKeys('ctrl+alt+delete'), `secure keys by ${what}`)
    }
  },

  'ends when the time of its capability is over and no newer one came': async setup => {
    const { endless } = present(setup.witness.commands, 'commands')
    const authority = helperAuthority()
    const elevated = await powers(setup, authority)
    const command = run(elevated, endless)
    elevated.renew(authority.sign({ expires: Date.now() + 200 }))
    await elevated.ended
    assert.equal((await command).exitCode, undefined)
  },

  'starts no command without RUN_COMMAND, and keeps the powers': async setup => {
    const { short } = present(setup.witness.commands, 'commands')
    const authority = helperAuthority({ permissions: [Permission.ELEVATE] })
    const elevated = await powers(setup, authority)
    assert.deepEqual(await run(elevated, short.argv), { exitCode: undefined, signal: 'E_CAPABILITY' })
    elevated.renew(authority.sign())
    assert.equal((await run(elevated, short.argv)).exitCode, short.exitCode)
    await elevated.drop()
  },
}

/** The powers that the customer of this authority gives. */
const powers = (setup: HostSetup, authority?: ElevationAuthority): Promise<Elevated> =>
  answered(setup, present(setup.host.elevation, 'elevation'), 'yes', [], authority)

/** What is no capability of that agent, or does not hold. */
const FALSE: Readonly<Record<string, (authority: HelperAuthority) => Uint8Array>> = {
  none: () => new Uint8Array(),
  'another customer’s': () => helperAuthority().capability,
  'one that is over': authority => authority.sign({ notBefore: Date.now() - 900_000, expires: Date.now() }),
  'one that was taken back': authority => authority.sign({ permissions: [Permission.VIEW_SCREEN] }),
  'the one before': authority => authority.capability,
  'another agent’s': authority => authority.sign({ participant: 2 }),
}

const run = (elevated: Elevated, argv: readonly string[]) => elevated.run(argv, { signal: new AbortController().signal, output: async () => {} })

async function answered(
  { witness }: HostSetup,
  elevation: ElevationHost,
  answer: 'yes' | 'no',
  stages: string[],
  authority: ElevationAuthority = helperAuthority(),
): Promise<Elevated> {
  const { signal } = new AbortController()
  const started = elevation.start({ scope: 'admin', durationMs: DURATION_MS, authority, signal, progress: stage => stages.push(stage) })
  const answering = present(witness.answerPrompt, 'a witness that answers the prompt').call(witness, answer)
  const [result] = await Promise.allSettled([started, answering])
  if (result.status === 'rejected') throw result.reason
  return result.value
}
