/**
 * Program: has the powers, and runs commands with them as far as the agent's capability allows. It is started by su or sudo, takes lines on its standard input, and
 * ends with it: then, when its time is over, when no capability holds, and when it is told nonsense, everything that its commands started is ended first. If it is
 * killed, its guard does that.
 */
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { BadCapability, PERMISSION } from './capability.js'
import { Command } from './command.js'
import { HeldCapability } from './held.js'
import { Lines, lineOf } from './lines.js'
import { type FromHelper, readToWorker, type ToWorker } from './messages.js'
import { endBearers } from './processes.js'

/** Commands that may run at a time. */
const MAX_COMMANDS = 4
/** The session ends its powers by itself when their time is over; this is for one that does not. */
const GRACE_MS = 5_000

const [, , greeting = '', duration = '0', session = '', customerKey = '', capability = ''] = process.argv
const mark = randomBytes(16).toString('hex')
const commands = new Map<number, Command>()
let ending = false

const say = (message: FromHelper): void => void process.stdout.write(lineOf(message))
const greet = (message: FromHelper): void => void process.stdout.write(`${greeting} ${lineOf(message)}`)
const refusal = ({ message }: BadCapability): FromHelper => ({ type: 'refused', code: 'E_CAPABILITY', message })
const held = hold()

const guard = spawn(process.execPath, [fileURLToPath(new URL('guard.js', import.meta.url)), mark], {
  cwd: '/',
  stdio: ['pipe', 'ignore', 'ignore'],
  detached: true,
})
const guardGone = new Promise<void>(resolve => guard.once('exit', () => resolve()).once('error', () => resolve()))
guard.stdin.on('error', () => {})

/** What this program acts by. Without it, it never begins to. */
function hold(): HeldCapability {
  const [id, key, first] = [session, customerKey, capability].map(text => Buffer.from(text, 'base64url')) as [Buffer, Buffer, Buffer]
  try {
    return new HeldCapability({ session: id, customerKey: key }, first, lose)
  } catch (error) {
    if (error instanceof BadCapability) greet(refusal(error))
    return process.exit(1)
  }
}

/** There is nothing more to act by. */
function lose(fault: BadCapability): void {
  if (!ending) say(refusal(fault))
  void leave(1)
}

/** Ends everything, and this program. */
async function leave(code = 0): Promise<void> {
  if (ending) return
  ending = true
  guard.stdin.end()
  await guardGone
  // The guard did it, unless it is why this ends.
  await endBearers(`${mark}.`)
  process.exit(code)
}

function take(message: ToWorker): void {
  if (message.type === 'capability') return held.renew(message.signed)
  const command = commands.get(message.id)
  switch (message.type) {
    case 'run':
      if (command !== undefined || commands.size >= MAX_COMMANDS) return void leave(1)
      if (!held.allows(PERMISSION.RUN_COMMAND)) return say({ type: 'exit', id: message.id, by: 'E_CAPABILITY' })
      commands.set(message.id, new Command(message, `${mark}.${message.id}.`, hear))
      return
    case 'cancel':
      return void command?.end()
    case 'took':
      return command?.took(message.bytes)
  }
}

function hear(message: FromHelper): void {
  if (message.type === 'exit') commands.delete(message.id)
  if (!ending) say(message)
}

for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) process.on(signal, () => void leave(1))
// Whoever read this is gone, and so is standard input.
process.stdout.on('error', () => void leave())
void guardGone.then(() => leave(1))
setTimeout(() => void leave(), Number(duration) + GRACE_MS)

const lines = new Lines()
process.stdin.on('data', (bytes: Buffer) => {
  try {
    for (const line of lines.take(bytes)) if (!ending) take(readToWorker(line))
  } catch (error) {
    if (error instanceof BadCapability) return lose(error)
    // Not what the customer's program says: nothing that follows is to be trusted.
    void leave(1)
  }
})
process.stdin.once('end', () => void leave())
process.stdin.once('error', () => void leave())
guard.once('spawn', () => greet({ type: 'ready', uid: process.getuid?.() ?? -1 }))
