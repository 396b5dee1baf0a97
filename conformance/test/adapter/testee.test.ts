import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { AdapterError, AdapterHang, attachChild, EventOverdue, RoleRefused, type Testee, TesteeCrash, type WireFormat } from '../../src/adapter/index.js'

const FAKE = fileURLToPath(new URL('fake-testee.mjs', import.meta.url))
const testees: Testee[] = []

async function attach(
  behaviour: string,
  wire: WireFormat = 'jsonl',
  options: { readonly commandMs?: number; readonly helloMs?: number; readonly env?: Record<string, string> } = {},
): Promise<Testee> {
  const testee = await attachChild(process.execPath, [FAKE, wire, behaviour], { wire, ...options })
  testees.push(testee)
  return testee
}

afterEach(async () => {
  await Promise.all(testees.splice(0).map(testee => testee.close()))
})

const customer = { role: 'CUSTOMER', websocketUrl: 'ws://127.0.0.1:1/', pin: '123456789' }

describe.each<WireFormat>(['protobuf', 'jsonl'])('a testee over %s', wire => {
  it('introduces itself, plays a role, acts, tells and ends', async () => {
    const testee = await attach('good', wire, { env: { FAKE_VERSION: '7' } })
    expect(testee.hello).toEqual({ name: 'fake', version: '7', roles: ['customer'], profiles: ['core'], features: ['snapshot'] })

    const traced: string[] = []
    const role = await testee.startRole('one', customer, (direction, what) => traced.push(`${direction} ${what}`) - 1)
    const result = await role.do({ setClipboard: { mime: 'text/plain', data: Uint8Array.of(0, 255) } })
    expect(result).toMatchObject({ ok: true, text: 'done', id: 5 })
    expect([...result.data]).toEqual([1, 2, 254])
    expect(await role.snapshot()).toMatchObject({ session: 'LIVE', participant: 3, keysDown: [4, 5], control: 0, files: [{ path: 'a', size: '5000000000' }] })
    expect(role.events.all.map(({ name, fields }) => [name, fields])).toEqual([
      ['phase', { participant: 0, phase: 'JOINING' }],
      ['answered', 'setClipboard'],
      ['ended', 0],
    ])
    await role.stop()
    expect(traced).toEqual([
      'to startRole',
      'from phase',
      'from roleReady',
      'to do',
      'from answered',
      'from ended',
      'from result',
      'to snapshot',
      'from snapshotData',
      'to stopRole',
      'from result',
    ])
    expect(await testee.close()).toEqual({ code: 0, signal: null })
  })

  it.each(['sequence', 'twice', 'kind', 'key', 'stranger', 'numbered', 'empty', 'long'])(
    'is given up, with the bytes, when it breaks the contract: %s',
    async behaviour => {
      const testee = await attach(behaviour, wire)
      const role = await testee.startRole('one', customer)
      const error = await role
        .do({ pause: {} })
        .then(
          () => role.events.next(() => false, { from: 0, withinMs: 10_000 }),
          reason => reason,
        )
        .catch(reason => reason)
      expect(error).toBeInstanceOf(AdapterError)
      expect((error as AdapterError).bytes?.length).toBeGreaterThan(0)
      await expect(testee.startRole('two', customer)).rejects.toBe(error)
    },
  )
})

it('says what is misspelt in JSON', async () => {
  const testee = await attach('misspelt')
  const role = await testee.startRole('one', customer)
  await expect(role.do({ pause: {} })).rejects.toMatchObject({ code: 'RUBBISH', message: expect.stringContaining('okay') })
})

it('names text on stdout where frames belong, and says where logs go', async () => {
  await expect(attach('chatty', 'protobuf')).rejects.toMatchObject({ code: 'TOO_LARGE', hint: expect.stringContaining('stderr') })
  await expect(attach('chatty')).rejects.toMatchObject({
    code: 'RUBBISH',
    message: expect.stringContaining('Starting up'),
    hint: expect.stringContaining('stderr'),
  })
})

it.each(['contract', 'nameless', 'roleless', 'profile', 'relay'])('refuses a HelloAck that the contract does not know: %s', async behaviour => {
  await expect(attach(behaviour)).rejects.toMatchObject({ code: 'WRONG_HELLO' })
})

it('tells that a program does not start', async () => {
  await expect(attachChild('/nowhere/adapter', [])).rejects.toMatchObject({ code: 'NOT_STARTED' })
})

it('tells a refusal of a role from everything else, and goes on', async () => {
  const testee = await attach('good')
  await expect(testee.startRole('one', { role: 'AGENT' })).rejects.toBeInstanceOf(RoleRefused)
  await testee.startRole('one', customer)
})

it('fails what runs when the process crashes, with its exit code and the end of its stderr, and the next role has a fresh one', async () => {
  const testee = await attach('crash')
  const [one, two] = await Promise.all([testee.startRole('one', customer), testee.startRole('two', customer)])
  const waiting = expect(two.events.next(event => event.name === 'ended', { from: 0, withinMs: 60_000 })).rejects.toBeInstanceOf(TesteeCrash)
  const error = await one.do({ pause: {} }).catch(reason => reason)
  expect(error).toBeInstanceOf(TesteeCrash)
  expect(error).toMatchObject({ exit: { code: 7, signal: null }, stderrTail: 'cannot go on' })
  expect(await one.crashed).toBe(error)
  expect(await two.crashed).toBe(error)
  await waiting
  const three = await testee.startRole('three', customer)
  expect(await three.snapshot()).toMatchObject({ participant: 3 })
  expect(testee.crashes).toBe(1)
})

it('notices a command without an answer, ends the role at once, and does not use that process again', async () => {
  const testee = await attach('hang', 'jsonl', { commandMs: 2_000 })
  const role = await testee.startRole('one', customer)
  await expect(role.do({ pause: {} })).rejects.toThrow('did not answer Do pause within 2 s')
  await role.stop()
  const next = await testee.startRole('two', customer)
  expect(await next.snapshot()).toMatchObject({ participant: 3 })
  expect(testee.crashes).toBe(0)
})

it('takes a late answer for nothing', async () => {
  const testee = await attach('late', 'jsonl', { commandMs: 2_000 })
  const role = await testee.startRole('one', customer)
  await expect(role.do({ pause: {} })).rejects.toBeInstanceOf(AdapterHang)
  await role.snapshot()
})

it('notices that Hello has no answer', async () => {
  await expect(attach('mute', 'jsonl', { helloMs: 300 })).rejects.toBeInstanceOf(AdapterHang)
})

it('kills a process that stays after Shutdown', async () => {
  const testee = await attach('stays')
  expect(await testee.close()).toBeUndefined()
})

it('waits for events that fit, from a place on, for as long as it is told', async () => {
  const testee = await attach('good')
  const role = await testee.startRole('one', customer)
  const later = role.events.next(event => event.name === 'answered', { from: 1, withinMs: 10_000 })
  await role.do({ pause: {} })
  const { index, fields } = await later
  expect(fields).toBe('pause')
  expect((await role.events.next(() => true, { from: 0, withinMs: 0 })).name).toBe('phase')
  const error = await role.events.next(event => event.name === 'answered', { from: index + 1, withinMs: 1 }).catch(reason => reason)
  expect(error).toBeInstanceOf(EventOverdue)
  expect((error as EventOverdue).seen.map(event => event.name)).toEqual(['ended'])
  await role.stop()
  await expect(role.events.next(event => event.name === 'line', { from: 0, withinMs: 60_000 })).rejects.toThrow('stopped')
})

it('throws for an action that the contract does not have', async () => {
  const testee = await attach('good')
  const role = await testee.startRole('one', customer)
  await expect(role.do({ dance: {} })).rejects.toThrow('dance')
})
