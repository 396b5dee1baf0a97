/** The command `remote-assist-agent`. */
import { readFile } from 'node:fs/promises'
import { homedir, userInfo } from 'node:os'
import { join, resolve } from 'node:path'
import { text as readAll } from 'node:stream/consumers'
import { Command, InvalidArgumentError } from 'commander'
import { readAuthorities } from './authorities.js'
import { type Created, create } from './create.js'
import { EXIT, EXIT_HELP, exitCodeOf, ScriptError, sentenceOf } from './errors.js'
import { harmless, writeResult } from './report.js'
import { run } from './run.js'
import { readScript, STEPS } from './script.js'

function webUrl(value: string): string {
  if (/^(https?|wss?):/i.test(value) && URL.canParse(value)) return value
  throw new InvalidArgumentError('It is a URL that begins with https:// or http://.')
}

function authorities(file: string): string {
  try {
    return readAuthorities(file)
  } catch (error) {
    throw new InvalidArgumentError((error as RangeError).message)
  }
}

function seconds(value: string): number {
  const number = Number(value)
  if (number > 0 && number <= 86_400) return number
  throw new InvalidArgumentError('It is a number of seconds, up to 86400.')
}

/** What goes where, and what stops a run. */
export interface Surroundings {
  readonly stdin: NodeJS.ReadStream
  readonly out: (line: string) => void
  readonly err: (line: string) => void
  readonly signal: AbortSignal
  readonly env: Readonly<Record<string, string | undefined>>
}

interface CreateFlags {
  readonly broker: string
  readonly ca?: string
  readonly token?: string
  readonly name: string
}

interface RunFlags extends Partial<CreateFlags> {
  readonly credential?: string
  readonly json?: string
  readonly downloads: string
  readonly audit?: string
  readonly timeout: number
}

const stepHelp = (): string => `\nSteps of a script:\n${[...STEPS.values()].map(({ name, help }) => `  ${name.padEnd(16)} ${help}`).join('\n')}\n${EXIT_HELP}`

/** The command with its options. `done` gets the exit code. */
export function agentCommand(around: Surroundings, done: (exitCode: number) => void): Command {
  const command = new Command('remote-assist-agent').description('Assists a customer from a script.').addHelpText('after', EXIT_HELP)
  const name = userInfo().username
  command
    .command('create')
    .description('Makes a session and prints it as JSON: the PIN, the link for the customer, and what “run” needs.')
    .requiredOption('--broker <url>', "the broker's address", webUrl)
    .option('--token <token>', 'for the control API (default: REMOTE_ASSIST_TOKEN)')
    .option('--name <name>', 'the name that others see', name)
    .option('--ca <file>', 'trusts the authorities in this file for the broker, and no others (PEM)', authorities)
    .action(async (flags: CreateFlags) => around.out(JSON.stringify(await create({ ...flags, token: tokenOf(flags, around) }), undefined, 2)))
  command
    .command('run')
    .description('Runs a script: reads the session from standard input (the JSON of “create”), or makes one with --broker.')
    .argument('<script.yaml>', 'the script')
    .option('--broker <url>', 'makes a session there', webUrl)
    .option('--token <token>', 'for the control API (default: REMOTE_ASSIST_TOKEN)')
    .option('--name <name>', 'the name that others see', name)
    .option('--ca <file>', 'trusts the authorities in this file for the broker, and no others (PEM)', authorities)
    .option('--credential <command>', 'prints who you are, signed by your organisation (a compact JWS), for the sessionId and key that it reads as JSON')
    .option('--json <file>', 'writes what came of each step for a machine')
    .option('--downloads <folder>', 'where received files go', join(homedir(), 'Downloads'))
    .option('--audit <file>', 'keeps this agent’s copy of the audit log in this new file; “remote-assist-audit verify FILE” verifies it')
    .option('--timeout <seconds>', 'how long an ordinary step may take', seconds, 30)
    .addHelpText('after', stepHelp())
    .action(async (file: string, flags: RunFlags) => done(await runScript(file, flags, around)))
  return command
}

/** Runs the command; resolves to the exit code. Nothing is thrown: what goes wrong is told. */
export async function runAgent(args: readonly string[], around: Surroundings): Promise<number> {
  let exitCode: number = EXIT.ok
  const command = agentCommand(around, code => {
    exitCode = code
  })
  try {
    await command.parseAsync(args, { from: 'user' })
    return exitCode
  } catch (error) {
    around.err(harmless(sentenceOf(error)))
    return exitCodeOf(error)
  }
}

async function runScript(file: string, flags: RunFlags, around: Surroundings): Promise<number> {
  const source = await readFile(file, 'utf8').catch((cause: Error) => {
    throw new ScriptError(`The script cannot be read: ${cause.message}`)
  })
  const steps = readScript(source)
  const created = await sessionFor(flags, around)
  const { error, ...result } = await run({
    created,
    credential: flags.credential,
    steps,
    downloads: resolve(flags.downloads),
    audit: flags.audit,
    ca: flags.ca,
    stepTimeoutMs: flags.timeout * 1_000,
    tell: line => around.out(harmless(line)),
    signal: around.signal,
  })
  if (flags.json !== undefined) await writeResult(flags.json, result)
  return result.ok ? EXIT.ok : exitCodeOf(error)
}

const tokenOf = ({ token }: { readonly token?: string }, { env }: Surroundings): string | undefined => token ?? env.REMOTE_ASSIST_TOKEN

async function sessionFor(flags: RunFlags, around: Surroundings): Promise<Created> {
  if (flags.broker === undefined) return readCreated(around)
  const created = await create({ broker: flags.broker, name: flags.name ?? 'Agent', token: tokenOf(flags, around), ca: flags.ca })
  around.out(`PIN ${created.pin}\n${created.customerUrl}`)
  return created
}

async function readCreated({ stdin }: Surroundings): Promise<Created> {
  const hint = 'Pipe the output of “remote-assist-agent create” in, or give --broker.'
  if (stdin.isTTY) throw new ScriptError('There is no session.', hint)
  const given = await readAll(stdin)
  try {
    const created = JSON.parse(given) as Partial<Created>
    const { agentUrl, brokerUrl, displayName = 'Agent', sessionId = '' } = created
    if (typeof agentUrl === 'string' && typeof brokerUrl === 'string') return { ...(created as Created), agentUrl, brokerUrl, displayName, sessionId }
  } catch {
    // Said below, in the same words as for JSON that is something else.
  }
  throw new ScriptError('Standard input is not a session.', hint)
}
