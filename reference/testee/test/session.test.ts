/** A customer, an agent and a broker under test, in three processes, have a session with one another. */
import { createHash } from 'node:crypto'
import { CloseCode, Permission, Phase, Role } from '@remote-assist/codec'
import { afterEach, expect, test } from 'vitest'
import { createdBy, type Started, Suite } from './support/suite.js'

const open: Suite[] = []
const suite = (started?: Started): Suite => {
  const it = new Suite(started)
  open.push(it)
  return it
}
afterEach(async () => {
  const codes = await Promise.all(open.splice(0).map(it => it.shutdown()))
  expect(codes.every(code => code === 0)).toBe(true)
})

const EVERYTHING = Object.values(Permission).filter((it): it is Permission => typeof it === 'number' && it !== Permission.UNSPECIFIED)

/** Three testees, and a customer that was asked. */
async function meeting(
  permissions: readonly Permission[] = EVERYTHING,
  [broker, agent, customer]: readonly [Suite, Suite, Suite] = [suite(), suite(), suite()],
  all: { readonly simulatedClock?: boolean } = {},
) {
  await broker.start('b', { role: Role.BROKER as number, ...all })
  const created = createdBy(await broker.do('b', { case: 'createSession', value: { request: { displayName: 'Ada' } } }))
  const { pin, customerUrl } = await agent.start('a', {
    role: Role.AGENT as number,
    websocketUrl: created.websocketUrl,
    displayName: 'Ada',
    way: { case: 'created', value: created },
    permissions: [...permissions] as number[],
    ...all,
  })
  expect(customerUrl).toContain('#')
  await customer.start('c', {
    role: Role.CUSTOMER as number,
    websocketUrl: created.websocketUrl,
    displayName: 'Cleo',
    way: { case: 'pin', value: pin },
    screens: [
      { id: 7, width: 64, height: 48, primary: true },
      { id: 9, x: 64, width: 32, height: 32 },
    ],
    ...all,
  })
  const asked = await customer.event('c', 'asked')
  return { broker, agent, customer, asked, created }
}

/** A customer that granted everything that was asked for. */
async function assisted(permissions?: readonly Permission[]) {
  const met = await meeting(permissions)
  const { agent, customer, asked } = met
  await customer.do('c', { case: 'answer', value: { question: asked.id, permissions: asked.permissions } })
  await agent.stands('a', ({ screens }) => screens.length === 2)
  return met
}

/** SHA-256 of what the first screen shows after one rectangle was painted on black. */
function pictureWith({ x, y, width, height, colour }: { x: number; y: number; width: number; height: number; colour: number }): string {
  const pixels = Buffer.alloc(64 * 48 * 3)
  for (let row = y; row < y + height; row++) for (let column = x; column < x + width; column++) pixels.writeUIntBE(colour, (row * 64 + column) * 3, 3)
  return createHash('sha256').update(pixels).digest('hex')
}

test('asks, is answered, shows, injects, copies, sends, talks, draws, elevates and stops', async () => {
  const { agent, customer, asked } = await assisted()
  expect(asked).toMatchObject({ about: 'consent', displayName: 'Ada', organisation: '' })
  const standing = await agent.look('a')
  expect(standing).toMatchObject({
    session: Phase.LIVE,
    participant: 1,
    peers: [{ participant: 2, role: Role.CUSTOMER, phase: Phase.ACTIVE, displayName: 'Cleo' }],
  })
  expect(standing.peers[0]?.grants).toEqual(asked.permissions)
  expect((await customer.look('c')).peers[0]?.words).toBe(standing.peers[0]?.words)

  // What is painted is what is seen.
  const rect = { x: 3, y: 5, width: 20, height: 11, colour: 0x12_34_56 }
  await customer.do('c', { case: 'paint', value: { screen: 7, ...rect } })
  await agent.do('a', { case: 'showScreen', value: { screen: 7 } })
  await agent.event('a', 'shown', ({ screen, sha256 }) => screen === 7 && sha256 === pictureWith(rect))
  await agent.do('a', { case: 'nextScreen' })
  await agent.event('a', 'shown', ({ screen, width }) => screen === 9 && width === 32)

  // Keys and pointer.
  await agent.do('a', { case: 'requestControl' })
  expect(await agent.event('a', 'answered', it => it.startsWith('control'))).toBe('control granted')
  await agent.do('a', { case: 'key', value: { usage: 4, down: true } })
  await agent.do('a', { case: 'movePointer', value: { x: 10, y: 20 } })
  await agent.do('a', { case: 'typeText', value: { text: 'Grüße' } })
  const { injected, keysDown } = await customer.stands('c', it => it.injected.length >= 3)
  expect(injected).toEqual(['key 4 down', 'move 9 10 20', 'text Grüße'])
  expect(keysDown).toEqual([4])

  // Clipboard, both ways.
  await agent.do('a', { case: 'syncClipboard', value: { toCustomer: true, fromCustomer: true } })
  await agent.event('a', 'answered', it => it === 'clipboard toCustomer on')
  await agent.event('a', 'answered', it => it === 'clipboard fromCustomer on')
  await agent.do('a', { case: 'setClipboard', value: { mime: 'text/plain', data: Buffer.from('from the agent') } })
  // It is promised: a program of the customer's that pastes, until there is something to paste, gets it.
  const paste = { case: 'pasteClipboard', value: { mime: 'text/plain' } } as const
  while (Buffer.from((await customer.do('c', paste)).data).toString() !== 'from the agent');
  await customer.do('c', { case: 'setClipboard', value: { mime: 'text/plain', data: Buffer.from('from the customer') } })
  await agent.stands('a', ({ clipboardOffered }) => clipboardOffered.includes('text/plain'))
  await agent.do('a', { case: 'pasteClipboard', value: { mime: 'text/plain' } })
  await agent.stands('a', ({ clipboard }) => clipboard.some(({ data }) => Buffer.from(data).toString() === 'from the customer'))

  // Files, both ways.
  const entries = [{ path: 'folder/' }, { path: 'folder/a.txt', data: Buffer.from('hello') }, { path: 'large.bin', size: 300_000n }]
  const { id } = await agent.do('a', { case: 'offerFiles', value: { entries } })
  const offer = await customer.event('c', 'offered')
  expect(offer.entries.map(({ path, size }) => [path, size])).toEqual([
    ['folder/', 0n],
    ['folder/a.txt', 5n],
    ['large.bin', 300_000n],
  ])
  await customer.do('c', { case: 'answerOffer', value: { offer: offer.id, accept: true } })
  expect(await agent.event('a', 'transferEnded', it => it.id === id)).toMatchObject({ outcome: 'done' })
  const { files } = await customer.stands('c', it => it.files.length === 3)
  expect(files.map(({ path, data, size }) => [path, Buffer.from(data).toString(), size])).toEqual([
    ['folder/', '', 0n],
    ['folder/a.txt', 'hello', 0n],
    ['large.bin', '', 300_000n],
  ])
  await agent.do('a', { case: 'askFiles' })
  await customer.event('c', 'filesAsked')
  await customer.do('c', { case: 'offerFiles', value: { entries: [{ path: 'b.txt', data: Buffer.from('back') }] } })
  const given = await agent.event('a', 'offered')
  await agent.do('a', { case: 'answerOffer', value: { offer: given.id, accept: true } })
  await agent.stands('a', it => it.files.some(({ path, data }) => path === 'b.txt' && Buffer.from(data).toString() === 'back'))

  // Chat and drawing.
  await agent.do('a', { case: 'say', value: { text: 'Hello, Cleo' } })
  await customer.do('c', { case: 'say', value: { text: 'Hello, Ada' } })
  await agent.stands('a', ({ chat }) => chat.includes('Hello, Ada') && chat.includes('Hello, Cleo'))
  await agent.do('a', { case: 'annotate', value: { screen: 9, points: [1, 1, 5, 5, 9, 1] } })
  await customer.stands('c', ({ annotations }) => annotations === 3)

  // Elevated powers, by credentials.
  await agent.do('a', { case: 'elevate', value: { reason: 'driver', durationMs: 60_000, scope: 'admin', account: 'administrator', password: 'correct horse' } })
  const question = await customer.event('c', 'asked', ({ about }) => about === 'elevation')
  await customer.do('c', { case: 'answer', value: { question: question.id, permissions: [Permission.ELEVATE] } })
  await agent.event('a', 'answered', it => it === 'elevation granted')
  await agent.do('a', { case: 'runCommand', value: { argv: ['exit', '3'] } })
  await agent.event('a', 'answered', it => it === 'command exit 3')
  await agent.do('a', { case: 'sendKeys', value: { combo: 'ctrl+alt+delete' } })
  await agent.event('a', 'answered', it => it === 'keys OK')
  expect(await customer.look('c')).toMatchObject({ elevation: 'elevated' })

  await customer.do('c', { case: 'stop' })
  expect(await agent.event('a', 'ended')).toBe(CloseCode.STOPPED)
  expect(await customer.event('c', 'ended')).toBe(CloseCode.STOPPED)
  const last = await customer.look('c')
  expect(last).toMatchObject({ session: Phase.ENDED, closeCode: CloseCode.STOPPED, peers: [], keysDown: [] })
  expect(last.injected).toContain('key 4 up')
})

test('a viewer looks on by invitation, and a broken line comes back', async () => {
  const { agent, customer, created } = await assisted([Permission.VIEW_SCREEN, Permission.CHAT])
  const { url } = await agent.do('a', { case: 'invite', value: { role: Role.VIEWER } })
  await customer.start('v', { role: Role.VIEWER as number, websocketUrl: created.websocketUrl, displayName: 'Vi', way: { case: 'inviteUrl', value: url } })
  const asked = await customer.event('c', 'asked', ({ about }) => about === 'admission')
  await customer.do('c', { case: 'answer', value: { question: asked.id, permissions: asked.permissions } })
  await customer.event('v', 'phase', ({ phase }) => (phase as number) === Phase.ACTIVE)
  await customer.stands('v', ({ screens }) => screens.length === 2)
  await customer.do('v', { case: 'showScreen', value: { screen: 9 } })
  await customer.event('v', 'shown', ({ screen }) => screen === 9)
  expect(await customer.look('v')).toMatchObject({ participants: [1, 2, 3], screen: 9 })

  await customer.do('c', { case: 'disconnect' })
  await agent.event('a', 'phase', ({ phase }) => (phase as number) === Phase.SUSPENDED)
  await agent.stands('a', ({ peers }) => (peers[0]?.phase as number) === Phase.ACTIVE)
  await customer.do('c', { case: 'remove', value: { participant: 3 } })
  expect(await customer.event('v', 'ended')).toBe(CloseCode.REMOVED)
})

test('clocks that stand still fire what is due, in order, when they are moved: silence denies', async () => {
  // One process plays all: what one of them sends has arrived when its clock has moved. Nothing in three processes would say so but real time.
  const all = suite()
  const { broker, agent, customer, asked } = await meeting(EVERYTHING, [all, all, all], { simulatedClock: true })
  // In strides that nobody takes for silence.
  const pass = async (...strides: readonly number[]) => {
    for (const seconds of strides) {
      for (const [it, key] of [
        [broker, 'b'],
        [agent, 'a'],
        [customer, 'c'],
      ] as const)
        await it.do(key, { case: 'advanceClock', value: { ms: seconds * 1_000 } })
    }
  }
  await pass(...new Array<number>(19).fill(3), 2)
  expect((await customer.look('c')).peers).toMatchObject([{ participant: 1, phase: Phase.CONSENTING }])
  await pass(1)
  expect(await customer.event('c', 'questionClosed')).toBe(asked.id)
  expect(await agent.event('a', 'ended')).toBe(CloseCode.CONSENT_DENIED)
  const late = await customer.attempt('c', { case: 'answer', value: { question: asked.id, permissions: asked.permissions } })
  expect(late).toMatchObject({ ok: false, error: 'refused' })
})

test('a wrong PIN fails at both ends, and the agent goes on waiting', async () => {
  const [broker, agent, customer] = [suite(), suite(), suite({ wire: 'jsonl' })]
  await broker.start('b', { role: Role.BROKER as number })
  const created = createdBy(await broker.do('b', { case: 'createSession', value: {} }))
  const { pin } = await agent.start('a', {
    role: Role.AGENT as number,
    websocketUrl: created.websocketUrl,
    way: { case: 'created', value: created },
    displayName: 'Ada',
  })
  const wrong = `${pin.slice(0, -1)}${(Number(pin.at(-1)) + 1) % 10}`
  await customer.start('c', { role: Role.CUSTOMER as number, websocketUrl: created.websocketUrl, way: { case: 'pin', value: wrong } })
  expect(await customer.event('c', 'joinFailed')).toBe(CloseCode.WRONG_SECRET)
  expect(await customer.event('c', 'ended')).toBe(CloseCode.WRONG_SECRET)
  expect(await agent.event('a', 'joinFailed')).toBe(CloseCode.WRONG_SECRET)
  expect((await agent.look('a')).session).toBe(Phase.LIVE)
})

test('over gRPC an agent asks when it is told to, and is turned down', async () => {
  const all = suite()
  const { grpcUrl } = await all.start('b', { role: Role.BROKER as number })
  const created = createdBy(await all.do('b', { case: 'createSession', value: {} }))
  const { customerUrl } = await all.start('a', { role: Role.AGENT as number, grpcUrl, way: { case: 'created', value: created }, displayName: 'Ada' })
  await all.start('c', { role: Role.CUSTOMER as number, grpcUrl, way: { case: 'customerUrl', value: customerUrl } })
  await all.event('c', 'phase', ({ phase }) => (phase as number) === Phase.CONSENTING)
  await all.event('a', 'phase', ({ phase }) => (phase as number) === Phase.CONSENTING)
  await all.do('a', { case: 'requestConsent', value: { permissions: [Permission.VIEW_SCREEN], reason: 'to look' } })
  const asked = await all.event('c', 'asked')
  expect(asked).toMatchObject({ reason: 'to look', permissions: [Permission.VIEW_SCREEN] })
  await all.do('c', { case: 'answer', value: { question: asked.id, permissions: [] } })
  expect(await all.event('a', 'ended')).toBe(CloseCode.CONSENT_DENIED)
  expect(await all.event('c', 'ended')).toBe(CloseCode.CONSENT_DENIED)
})

test('RA-SES-168 RA-SES-171 RA-SES-173 a customer comes back by the ticket that a look at it showed, and by nothing else', async () => {
  const { agent, created, customer } = await assisted()
  await agent.do('a', { case: 'requestRejoin', value: { reason: 'Driver' } })
  const { id } = await customer.event('c', 'asked', ({ about }) => about === 'rejoin')
  expect((await customer.look('c')).ticket).toHaveLength(0)
  await customer.do('c', { case: 'answer', value: { question: id, permissions: [Permission.VIEW_SCREEN] as number[] } })
  await agent.event('a', 'answered', it => it === 'rejoin ready')
  const { ticket } = await customer.look('c')
  await customer.do('c', { case: 'leave' })
  await customer.event('c', 'ended')
  expect((await customer.look('c')).ticket).toEqual(ticket)

  const start = (key: string, value: Uint8Array) =>
    customer.start(key, { role: Role.CUSTOMER as number, websocketUrl: created.websocketUrl, way: { case: 'ticket', value } })
  await start('back', ticket)
  await agent.event('a', 'phase', ({ participant, phase }) => participant === 3 && (phase as number) === Phase.CONSENTING)
  expect((await customer.look('back')).ticket).toHaveLength(0)

  for (const [key, none] of Object.entries({ altered: ticket.slice(1), empty: new Uint8Array() })) {
    await start(key, none)
    expect(await customer.event(key, 'ended')).toBe(0)
  }
})
