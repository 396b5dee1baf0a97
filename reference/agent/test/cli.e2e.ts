import { execFile, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { silentLog, startBroker } from '@remote-assist/broker'
import { decodeRect } from '@remote-assist/peer/node'
import { hasOpenssl, makeCertificate } from '@remote-assist/transport/certificates'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { joinByPin, startStage } from '../scripts/stage.mjs'
import { digestOf, digestOfScreen } from './pixels.js'

const MAIN = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url))
const VERIFIER = fileURLToPath(new URL('../../../libs/secure/dist/node/audit.js', import.meta.url))
const execute = promisify(execFile)

/** Runs the command to its end. */
async function agent(args: readonly string[], input = '') {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: 'pipe' })
  child.stdin.end(input)
  const [out, err, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), new Promise<number | null>(resolve => child.on('close', resolve))])
  return { out, err, exitCode }
}

describe('remote-assist-agent', () => {
  let broker: Awaited<ReturnType<typeof startStage>>
  let folder: string
  const file = (name: string) => join(folder, name)

  beforeAll(async () => {
    broker = await startStage()
    folder = await mkdtemp(join(tmpdir(), 'agent-'))
  })
  afterAll(async () => {
    await broker.close()
    await rm(folder, { recursive: true })
  })

  test('assists a customer from a script, and tells what came of each step', async () => {
    const words = `Grüße ${randomUUID()}`
    const copied = randomUUID()
    const password = `pässword ${randomUUID()}`
    await writeFile(file('driver.txt'), randomUUID())
    await writeFile(file('password'), `${password}\r\nanother line\n`)
    await writeFile(
      file('script.yaml'),
      JSON.stringify([
        { 'wait-customer': { seconds: 30 } },
        { expect: { screens: 2, people: 2 } },
        { 'show-screen': 1 },
        'control',
        { type: words },
        { 'send-keys': { combo: 'ctrl+alt+delete', expect: 'needs-elevation' } },
        { clipboard: { sync: 'both', offer: copied } },
        { 'send-files': [file('driver.txt')] },
        { elevate: { reason: 'update the driver', minutes: 5 } },
        { 'run-command': { argv: ['whoami'] } },
        'drop-elevation',
        { elevate: { reason: 'once more', account: 'Größe', 'password-file': file('password') } },
        { 'run-command': { argv: ['whoami'], output: 'desk\\Größe' } },
        'drop-elevation',
        'next-screen',
        { 'wait-still': 0.3 },
        { screenshot: file('second.png') },
        { leave: { end: true } },
      ]),
    )
    const { stdout } = await execute(process.execPath, [MAIN, 'create', '--broker', broker.url, '--name', 'Ada'])
    const created: { pin: string; customerUrl: string } = JSON.parse(stdout)
    expect(created.customerUrl).toContain('/join#1.')

    const running = agent(['run', file('script.yaml'), '--json', file('result.json'), '--audit', file('audit.jsonl')], stdout)
    const { customer, host } = await joinByPin(broker, created.pin, {
      os: 'windows',
      downloads: file('received'),
      accounts: [{ user: 'Größe', password, administrator: true }],
    })
    customer.on('consent', request => request.grantAll())
    customer.on('file', ({ offer }) => void offer.accept())
    customer.on('elevation', question => {
      host.elevation?.onSecureDesktop(active => active && queueMicrotask(() => host.desktop.answerUac('yes')))
      question.allow()
    })
    const { out, err, exitCode } = await running
    expect(out).not.toContain(password)
    expect({ err, exitCode }, out).toEqual({ err: '', exitCode: 0 })

    const verified = await execute(process.execPath, [VERIFIER, 'verify', file('audit.jsonl')])
    expect(verified.stdout).toMatch(/INTACT\n$/)
    const audit = await readFile(file('audit.jsonl'), 'utf8')
    expect(audit).toContain('"argv":"[\\"whoami\\"]"')
    for (const secret of [words, copied, password]) expect(audit).not.toContain(secret)

    expect(host.desktop.text).toBe(words)
    expect(await readFile(join(file('received'), 'driver.txt'), 'utf8')).toBe(await readFile(file('driver.txt'), 'utf8'))
    const result: { ok: boolean; steps: { name: string; ok: boolean }[] } = JSON.parse(await readFile(file('result.json'), 'utf8'))
    expect(result.ok).toBe(true)
    expect(result.steps).toHaveLength(18)

    expect(digestOf(decodeRect('png', await readFile(file('second.png')), 1024, 768))).toBe(await digestOfScreen(host, 2))
  })

  test('a step that does not hold ends the run with its number, name and exit code 1', async () => {
    await writeFile(file('fails.yaml'), '- wait-customer: { seconds: 30 }\n- type: nobody gave control\n- leave\n')
    const { stdout } = await execute(process.execPath, [MAIN, 'create', '--broker', broker.url])
    const running = agent(['run', file('fails.yaml'), '--json', file('fails.json')], stdout)
    const { customer } = await joinByPin(broker, JSON.parse(stdout).pin)
    customer.on('consent', request => request.grantAll())
    const { out, exitCode } = await running
    expect(exitCode).toBe(1)
    expect(out).toContain('✗ type')
    expect(out).not.toContain('    at ')
    const { ok, steps } = JSON.parse(await readFile(file('fails.json'), 'utf8'))
    expect(ok).toBe(false)
    expect(steps.at(-1)).toMatchObject({ name: 'type', ok: false, code: 'E_NOT_IN_CONTROL' })
  })

  test('a customer who says no is exit code 5', async () => {
    await writeFile(file('denied.yaml'), '- wait-customer\n')
    const { stdout } = await execute(process.execPath, [MAIN, 'create', '--broker', broker.url])
    const running = agent(['run', file('denied.yaml')], stdout)
    const { customer } = await joinByPin(broker, JSON.parse(stdout).pin)
    customer.on('consent', request => request.deny())
    expect((await running).exitCode).toBe(5)
  })

  if (hasOpenssl())
    test('--ca: a broker with a certificate of a private authority is trusted by that, for the control API and the line, and not without (RA-BND-016)', async () => {
      const authority = makeCertificate({ isAuthority: true })
      const secured = await startBroker({ log: silentLog(), tls: makeCertificate({ names: ['127.0.0.1', 'localhost'], issuer: authority }) })
      await writeFile(file('ca.pem'), authority.cert)
      await writeFile(file('leave.yaml'), '- leave\n')
      const untrusting = await agent(['create', '--broker', secured.url])
      expect([untrusting.exitCode, untrusting.err]).toEqual([3, expect.stringContaining('E_CONNECT')])
      const ca = ['--ca', file('ca.pem')]
      const created = await agent(['create', '--broker', secured.url, ...ca])
      expect([created.exitCode, created.err]).toEqual([0, ''])
      expect((await agent(['run', file('leave.yaml')], created.out)).exitCode).toBe(3)
      expect(await agent(['run', file('leave.yaml'), ...ca], created.out)).toMatchObject({ exitCode: 0, err: '' })
      expect((await agent(['create', '--broker', secured.url, '--ca', file('leave.yaml')])).err).toContain('has no certificate in PEM')
      await secured.close()
    })
  else if (process.env.CI === 'true') throw new Error('NOT RUN: openssl is not installed')

  test.each([
    ['a script that is none', ['run', 'SCRIPT'], '', 2, 'E_SCRIPT'],
    ['no session on standard input', ['run', 'GOOD'], 'hello', 2, 'Standard input is not a session.'],
    ['a broker that is not there', ['create', '--broker', 'http://127.0.0.1:9'], '', 3, 'E_CONNECT'],
  ])('%s is said in a sentence', async (_what, args, input, code, message) => {
    await writeFile(file('bad.yaml'), '- dance\n')
    await writeFile(file('good.yaml'), '- leave\n')
    const { err, exitCode } = await agent(
      args.map(arg => (arg === 'SCRIPT' ? file('bad.yaml') : arg === 'GOOD' ? file('good.yaml') : arg)),
      input,
    )
    expect(exitCode).toBe(code)
    expect(err).toContain(message)
    expect(err).not.toContain('    at ')
  })
})
