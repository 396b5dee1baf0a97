import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { helperAuthority } from '@remote-assist/peer'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { ask, Refused } from '../../dist/helper/dialogue.js'

/**
 * Stands for su and sudo where nobody may have an account: speaks as they do. PASSWORD is right; LIMIT is why an account may not; QUIET asks for nothing.
 * The prompt of sudo is what it is told; su knows one, and runs a line in a shell.
 */
const FAKE = `#!/bin/sh
name=$(basename "$0"); prompt='Password: '
while [ $# -gt 0 ]; do
  case $1 in
    -p) prompt=$2; shift ;;
    --command) line=$2; shift ;;
    --shell) shift ;;
    --) shift; break ;;
  esac
  shift
done
for try in 1 2; do
  [ -n "$QUIET" ] && break
  printf %s "$prompt" >&2
  IFS= read -r given || { echo "$name: no password was provided" >&2; exit 1; }
  [ "$given" = "$PASSWORD" ] && break
  [ $name = su ] && { echo 'su: Authentication failure' >&2; exit 1; }
  echo 'Sorry, try again.' >&2
done
[ $name = sudo ] && [ -n "$LIMIT" ] && { echo "$LIMIT" >&2; exit 1; }
echo 'Last login: never'
[ $name = su ] && exec sh -c "$line"
exec "$@"
`
const NEVER = new AbortController().signal
const before = { ...process.env }
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'remote-assist-dialogue-'))
  for (const name of ['su', 'sudo']) {
    await writeFile(join(folder, name), FAKE)
    await chmod(join(folder, name), 0o755)
  }
})

beforeEach(() => {
  process.env = { ...before, PATH: `${folder}:${before.PATH}`, PASSWORD: 'right' }
})

afterAll(async () => {
  process.env = before
  await rm(folder, { recursive: true })
})

const authority = helperAuthority()
const asking = (password: string, account?: string, scope: 'admin' | 'standard' = 'admin') => ({
  scope,
  durationMs: 60_000,
  authority,
  capability: Buffer.from(authority.capability),
  account,
  password: Buffer.from(password),
})

/** Powers that are given up at once. */
async function granted(...of: Parameters<typeof asking>): Promise<unknown> {
  const { worker, ready } = await ask(asking(...of), NEVER)
  const closed = new Promise(resolve => worker.once('close', resolve))
  worker.stdin.end()
  worker.stdout.resume()
  await closed
  return JSON.parse(ready)
}

const READY = { type: 'ready', uid: process.getuid?.() }

test.each([
  ['the customer’s own account', undefined, 'admin'],
  ['an administrator', 'admin', 'admin'],
  ['root', 'root', 'admin'],
  ['an ordinary account', 'guest', 'standard'],
] as const)('the right password of %s starts the worker', async (_, account, scope) => {
  expect(await granted('right', account, scope)).toEqual(READY)
})

test.each([[undefined], ['admin'], ['root']])('RA-ELV-064 a wrong password, and none, are told as such (%s)', async account => {
  for (const password of ['wrong', '']) await expect(ask(asking(password, account), NEVER)).rejects.toMatchObject({ code: 'E_CREDENTIALS' })
})

test.each([
  'somebody is not in the sudoers file.',
  'Sorry, user somebody is not allowed to execute /usr/bin/node as root on desk.',
  'sudo: Account expired or PAM config lacks an "account" section for sudo, contact your system administrator',
])('RA-ELV-064 an account that may not is told as such: %s', async limit => {
  process.env.LIMIT = limit
  await expect(ask(asking('right', 'admin'), NEVER)).rejects.toMatchObject({ code: 'E_NOT_PERMITTED' })
})

test('anything else that the system says is passed on, cut', async () => {
  process.env.LIMIT = `sudo: you must have a tty to run sudo${'!'.repeat(1_000)}`
  const error = await ask(asking('right', 'admin'), NEVER).catch((refusal: Refused) => refusal)
  expect(error).toBeInstanceOf(Refused)
  expect(error).toMatchObject({ code: 'E_HOST', message: expect.stringMatching(/^The system gave no powers: .*!!$/) })
  expect((error as Refused).message.length).toBeLessThan(250)
})

test('where nothing is asked, nothing is given away: what was meant for the system does not reach the worker', async () => {
  process.env.QUIET = 'yes'
  expect(await granted('secret')).toEqual(READY)
})

test('a program that is not there is told', async () => {
  process.env.PATH = '/nonexistent'
  await expect(ask(asking('right'), NEVER)).rejects.toMatchObject({ code: 'E_HOST' })
})

test('RA-ELV-068 the password is wiped, whatever comes of it', async () => {
  for (const password of ['right', 'wrong', 'two\nlines']) {
    const given = asking(password, 'admin')
    const result = await ask(given, NEVER).catch((error: Error) => error)
    if (!(result instanceof Error)) result.worker.stdin.end()
    expect(given.password.every(byte => byte === 0)).toBe(true)
  }
})

test('what is called off before it began gets no password', async () => {
  await expect(ask(asking('right'), AbortSignal.abort())).rejects.toMatchObject({ code: 'E_CREDENTIALS' })
})
