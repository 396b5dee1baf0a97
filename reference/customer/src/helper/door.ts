/**
 * Program: the door of the privileged helper, started when the customer has consented. It makes the key for one set of credentials, opens them, has the system
 * start the worker with them, and passes on what the worker and the customer's program say to each other. It ends with its standard input, and the worker with it.
 */
import { OneUseKey } from './credentials.js'
import { type Asking, ask, type Granted, Refused } from './dialogue.js'
import { Lines, lineOf } from './lines.js'
import { BadMessage, type FromHelper, readToDoor, type Start } from './messages.js'

const over = new AbortController()
const lines = new Lines()
let key: OneUseKey | undefined
let started = false
let granted: Granted | undefined

const say = (message: FromHelper): void => void process.stdout.write(lineOf(message))
/** Says why there are no powers, and ends. */
const refuse = ({ code, message }: Refused): void => void process.stdout.write(lineOf({ type: 'refused', code, message }), () => process.exit(1))

function take(line: string): void {
  if (granted !== undefined) return void granted.worker.stdin.write(`${line}\n`)
  const message = readToDoor(line)
  if (started || (message.type === 'key' && key !== undefined)) throw new BadMessage('The door opens once.')
  if (message.type === 'start') return begin(message)
  key = new OneUseKey(message)
  say({ type: 'key', key: key.publicKey.toString('base64') })
}

function begin({ with: secret, ...powers }: Start): void {
  started = true
  if ('sealed' in secret) {
    const account = key?.open(secret.sealed)
    return elevate(account && { ...powers, ...account })
  }
  lines.secret(secret.passwordBytes, password => elevate({ ...powers, account: undefined, password }))
}

function elevate(asking: Asking | undefined): void {
  if (asking === undefined) return refuse(new Refused('E_CREDENTIALS', 'These are no credentials for this request.'))
  ask(asking, over.signal).then(pass, (error: unknown) => refuse(error instanceof Refused ? error : new Refused('E_HOST', 'The helper did not start.')))
}

/** The worker has the powers: from now on this end only passes on. */
function pass(it: Granted): void {
  const { worker, ready } = it
  worker.once('close', () => process.exit(0))
  worker.stderr.resume()
  if (over.signal.aborted) return void worker.stdin.end()
  granted = it
  process.stdout.write(`${ready}\n`)
  worker.stdout.pipe(process.stdout, { end: false })
}

/** The customer's program is gone, or has had enough. */
function leave(): void {
  over.abort()
  if (granted !== undefined) granted.worker.stdin.end()
  else if (!started) process.exit(0)
}

process.stdin.on('data', (bytes: Buffer) => {
  try {
    for (const line of lines.take(bytes)) take(line)
  } catch {
    leave()
  } finally {
    // It may have had a password.
    bytes.fill(0)
  }
})
process.stdin.once('end', leave)
process.stdin.once('error', leave)
process.stdout.on('error', leave)
