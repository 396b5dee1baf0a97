/** `doctor`: whether an adapter keeps to the contract, in plain words. */
import { AdapterError, AdapterHang, RoleRefused, type Testee, TesteeCrash } from '../../adapter/index.js'
import type { RoleName } from '../../model.js'
import { stageForEnd } from '../../play/index.js'
import type { Fields } from '../../play/player.js'
import { coreOf } from '../../registry/index.js'
import { EXIT, type ExitCode, usage } from '../exit.js'
import { read, TESTEE_OPTIONS, testeeChoice } from '../options.js'
import type { Suite } from '../suite.js'
import type { Terminal } from '../terminal.js'
import { attach } from '../testee.js'

/** How long an end may take to send its Hello once it was started. */
const HELLO_MS = 5_000

/** Attaches, says Hello, starts each role, looks whether it comes to the broker, stops it and shuts down. Exit code 3 if anything is wrong. */
export async function doctor(_suite: Suite, args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const { values, words, behind } = read(args, TESTEE_OPTIONS)
  if (words.length > 0) throw usage(`“${words.join(' ')}” means nothing here.`, 'The adapter stands behind --.')
  const tell = new Findings(terminal)
  const testee = await tell.hope('It starts and answers Hello', () => attach(testeeChoice(values, behind), terminal))
  if (testee === undefined) return EXIT.harness
  const { name, version, roles, profiles, features } = testee.hello
  terminal.out(
    `  ${name} ${version} plays ${roles.join(', ')}; it claims ${profiles.join(', ') || 'no profile'}; its adapter has ${features.join(', ') || 'no more than the least'}`,
  )
  for (const role of roles)
    if (!profiles.includes(coreOf(role)))
      tell.advise(`It does not claim the profile ${coreOf(role)}, which every ${role} has to pass and which is tested anyway.`)
  if (!features.includes('clock')) tell.advise('Without the feature “clock” the cases that are about time are skipped, and the verdict can be partial at best.')
  for (const role of roles) {
    await (role === 'broker' ? broker(testee, tell) : end(testee, role, tell))
    if (tell.isOver) break
  }
  const exit = tell.isOver ? undefined : await testee.close()
  if (!tell.isOver) {
    if (exit === undefined) tell.wrong('It does not end after Shutdown.', 'Answer with an ok result and exit with 0 within 2 s.')
    else if (exit.code !== 0 && exit.code !== null) tell.wrong(`It ends with exit code ${exit.code} after Shutdown.`, 'Exit with 0.')
    else tell.right('It ends in order')
  }
  await testee.close()
  terminal.out(
    tell.count === 0
      ? 'Everything is as it should be: “run” can judge this implementation.'
      : `${tell.count} ${tell.count === 1 ? 'thing is' : 'things are'} wrong.`,
  )
  return tell.count === 0 ? EXIT.conformant : EXIT.harness
}

/** An end: started at a broker that the suite plays, to which it has to come. */
async function end(testee: Testee, role: Exclude<RoleName, 'broker'>, tell: Findings): Promise<void> {
  const stage = await stageForEnd({ role: role.toUpperCase() as 'AGENT' | 'CUSTOMER' | 'VIEWER', ...(role === 'viewer' ? { way: 'invite' as const } : {}) })
  try {
    const running = await tell.hope(`It plays ${role}: StartRole is answered`, () =>
      testee.startRole(`doctor-${role}`, { displayName: 'Doctor', ...stage.start }),
    )
    if (running === undefined) return
    if (role === 'agent' && !new RegExp(`^${stage.locator}\\d{6}$`).test(String(running.ready.pin))) {
      tell.wrong(`RoleReady.pin is “${running.ready.pin}”.`, `It is the session's locator, ${stage.locator}, and six digits.`)
    }
    await tell.hope('  It connects and sends Hello', async () => {
      await stage.broker.connected({ withinMs: HELLO_MS })
      await stage.broker.inbox.next(({ name }) => name === 'hello', { from: 0, withinMs: HELLO_MS })
    })
    if (testee.hello.features.includes('snapshot')) await tell.hope('  It answers Snapshot', () => running.snapshot())
    await tell.hope('  It stops', () => running.stop())
  } finally {
    await stage.close()
  }
}

async function broker(testee: Testee, tell: Findings): Promise<void> {
  const running = await tell.hope('It plays broker: StartRole is answered', () => testee.startRole('doctor-broker', { role: 'BROKER' }))
  if (running === undefined) return
  const { websocketUrl, controlUrl } = running.ready as Fields
  if (!/^wss?:\/\//.test(String(websocketUrl))) tell.wrong('RoleReady of a broker has no websocket_url.', 'Set it to ws://127.0.0.1:PORT and the path.')
  if (!/^https?:\/\//.test(String(controlUrl))) tell.wrong('RoleReady of a broker has no control_url.', 'Set it to the base URL of the control API.')
  await tell.hope('  It makes a session', async () => {
    const { ok, error, text } = await running.do({ createSession: { request: { displayName: 'Doctor' } } })
    if (!ok) throw new Error(`The answer to CreateSession is ${error}: ${text.trim()}.`)
  })
  await tell.hope('  It stops', () => running.stop())
}

/** What was found, told as it is found. */
class Findings {
  count = 0
  /** There is nobody left to ask. */
  isOver = false

  constructor(private readonly terminal: Terminal) {}

  right(what: string): void {
    this.terminal.out(`✓ ${what}`)
  }

  wrong(what: string, hint: string): void {
    this.count += 1
    this.terminal.out(`✗ ${what}${hint === '' ? '' : `\n    ${hint}`}`)
  }

  advise(what: string): void {
    this.terminal.out(`• ${what}`)
  }

  /** Does it, and tells whether it went well; undefined if not. */
  async hope<T>(what: string, action: () => Promise<T>): Promise<T | undefined> {
    try {
      const value = await action()
      this.right(what)
      return value
    } catch (error) {
      if (!(error instanceof Error) || error.name === 'Abort') throw error
      if (error instanceof AdapterError || error instanceof TesteeCrash) this.isOver = true
      this.wrong(`${what}: no. ${error.message}`, hintFor(error))
      return undefined
    }
  }
}

function hintFor(error: Error): string {
  if (error instanceof AdapterError) return error.hint ?? ''
  if (error instanceof AdapterHang) return 'Every command has exactly one answer, whose re_seq is the seq of the command. Flush stdout after each frame.'
  if (error instanceof RoleRefused) return 'HelloAck.roles names what StartRole has to start.'
  if (error instanceof TesteeCrash) return 'The process has to live until Shutdown; a role that fails is answered with a result that is not ok.'
  return 'Connect to StartRole.websocket_url, and send Hello as the specification says (docs/spec/relay.md).'
}
