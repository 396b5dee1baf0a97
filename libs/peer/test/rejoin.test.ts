/** The way back after a restart, from the question to the session that follows. */
import { Permission } from '@remote-assist/codec'
import type { Connection, Transport } from '@remote-assist/transport'
import { describe, expect, test } from 'vitest'
import { Customer, type JoinOptions } from '../src/api/customer.js'
import type { RejoinQuestion } from '../src/api/rejoin.js'
import type { RejoinTicket } from '../src/host.js'
import { settle } from './support/clock.js'
import { type House, house } from './support/house.js'
import { hostWith, Shelf } from './support/shelf.js'

const MINUTE = 60_000

interface Scene extends House {
  readonly shelf: Shelf
  readonly customer: Customer
  readonly questions: RejoinQuestion[]
}

const consenting = (customer: Customer): Customer => {
  customer.on('consent', request => request.grantAll())
  return customer
}

/** A customer that comes by a PIN or a ticket. */
const join = (it: House, shelf: Shelf, by: { readonly pin: string } | { readonly ticket: RejoinTicket }, transport = it.relay.transport): Promise<Customer> =>
  Customer.join({ transport, host: hostWith(shelf), displayName: 'Cleo', clock: it.clock, ...by } as JoinOptions)

/** A session in which the customer answers the question of a way back with `answer`. */
async function scene(answer: (question: RejoinQuestion) => void = question => question.allow(), over = (line: Transport): Transport => line): Promise<Scene> {
  const it = await house()
  const shelf = new Shelf()
  const joined = join(it, shelf, { pin: it.agent.pin.digits }, over(it.relay.transport))
  const session = it.agent.customer()
  const customer = consenting(await joined)
  await session
  const questions: RejoinQuestion[] = []
  customer.on('rejoin', question => {
    questions.push(question)
    answer(question)
  })
  return { ...it, shelf, customer, questions }
}

const taken = async (shelf: Shelf): Promise<RejoinTicket> => (await shelf.take()) as RejoinTicket
const code = (error: unknown): unknown => (error as { readonly code?: unknown }).code
const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    error => code(error),
  )

/** A session whose customer was started again, and its ticket. */
async function restarted(): Promise<Scene & { readonly ticket: RejoinTicket }> {
  const it = await scene()
  await it.agent.requestRejoin({ reason: 'A driver' })
  it.customer.leave()
  await it.customer.close()
  return { ...it, ticket: await taken(it.shelf) }
}

describe('a way back after a restart', () => {
  test('RA-SES-161 RA-SES-162 RA-SES-171 RA-SES-172 RA-SEC-048 is asked once, and goes on without a PIN or a question', async () => {
    const it = await restarted()
    expect(it.questions.map(({ reason, asker }) => [reason, asker.displayName])).toEqual([['A driver', 'Ada']])
    expect(() => it.agent.pin).toThrow('no open code')
    const next = it.agent.customer()
    const back = await join(it, it.shelf, { ticket: it.ticket })
    const session = await next
    expect(session.grants).toContain(Permission.VIEW_SCREEN)
    for (const held of [Permission.CONTROL_INPUT, Permission.ELEVATE, Permission.RUN_COMMAND, Permission.SECURE_KEYS, Permission.RECORD])
      expect(session.grants).not.toContain(held)
    const asked = new Promise<readonly Permission[]>(resolve => back.on('consent', request => resolve(request.permissions)))
    void session.ask([Permission.CONTROL_INPUT]).catch(() => undefined)
    expect(await asked).toEqual([Permission.CONTROL_INPUT])
  })

  test('RA-SES-162 is not there where the user says no, or says nothing', async () => {
    const no = await scene(question => question.deny())
    expect(await failure(no.agent.requestRejoin({ reason: 'A driver' }))).toBe('E_DENIED')
    const silent = await scene(() => undefined)
    const asked = failure(silent.agent.requestRejoin({ reason: 'A driver' }))
    await silent.clock.advance(MINUTE)
    expect(await asked).toBe('E_TIMEOUT')
    expect(silent.questions[0]?.allow()).toBe(false)
    await settle()
    expect([no.shelf.ticket, silent.shelf.ticket]).toEqual([undefined, undefined])
  })

  test('RA-SES-164 is promised only once the ticket lies, and not at all where it cannot', async () => {
    const it = await scene()
    it.shelf.before = () => Promise.reject(new Error('the disk is full'))
    const told = new Promise<Error>(resolve => it.customer.on('host-error', resolve))
    expect(await failure(it.agent.requestRejoin({ reason: 'A driver' }))).toBe('E_UNSUPPORTED')
    expect((await told).message).toBe('the disk is full')
    it.shelf.before = async () => undefined
    await it.agent.requestRejoin({ reason: 'A driver' })
    expect(it.shelf.ticket?.agent).toBe('Ada')
  })

  test('RA-SES-164 leaves nothing where keeping took longer than the question', async () => {
    const it = await scene()
    let go = () => {}
    it.shelf.before = () =>
      new Promise<void>(resolve => {
        go = resolve
      })
    const asked = failure(it.agent.requestRejoin({ reason: 'A driver' }))
    await it.clock.advance(MINUTE)
    expect(await asked).toBe('E_TIMEOUT')
    go()
    await settle()
    expect(it.shelf.ticket).toBeUndefined()
  })

  test('RA-SES-170 is gone once it was used', async () => {
    const it = await restarted()
    const next = it.agent.customer()
    const back = await join(it, it.shelf, { ticket: it.ticket })
    await next
    back.leave()
    await back.close()
    expect(await failure(join(it, it.shelf, { ticket: it.ticket }))).toBe('E_CODE_UNKNOWN')
  })

  test('RA-SES-165 is too old after ten minutes, on the clock of each end', async () => {
    const here = await restarted()
    await here.clock.advance(10 * MINUTE)
    expect(await failure(join(here, here.shelf, { ticket: here.ticket }))).toBe('E_CODE_EXPIRED')
    // A clock that was set back deceives neither the broker nor the agent.
    const late = { ...here.ticket, expiresAtMs: here.ticket.expiresAtMs + 10 * MINUTE }
    expect(['E_CODE_UNKNOWN', 'E_CODE_EXPIRED']).toContain(await failure(join(here, here.shelf, { ticket: late })))
  })

  test('RA-SES-166 RA-SES-168 is taken away when either side takes it back, and when the session ends otherwise', async () => {
    const ends: readonly ((it: Scene) => unknown)[] = [
      it => it.customer.cancelRejoin(),
      it => it.agent.cancelRejoin(),
      it => it.agent.renewCode(),
      it => it.customer.stop(),
      it => it.agent.close(),
      it => it.customer.revoke(Permission.ELEVATE, it.agent.participant),
      it => it.clock.advance(10 * MINUTE),
    ]
    for (const end of ends) {
      const it = await scene()
      await it.agent.requestRejoin({ reason: 'A driver' })
      expect(it.shelf.ticket).toBeDefined()
      const ticket = it.shelf.ticket as RejoinTicket
      await end(it)
      await settle()
      expect(it.shelf.ticket).toBeUndefined()
      await it.customer.close()
      // Whoever copied it meanwhile has nothing.
      expect(await failure(join(it, it.shelf, { ticket }))).toMatch(/^E_/)
    }
  })

  test('RA-SES-170 is not opened by another secret, whoever finds the locator', async () => {
    const it = await restarted()
    const failed = new Promise(resolve => it.agent.on('customer-failed', error => resolve(code(error))))
    expect(await failure(join(it, it.shelf, { ticket: { ...it.ticket, secret: new Uint8Array(32) } }))).toBe('E_RESUME')
    expect(await failed).toBe('E_RESUME')
    const next = it.agent.customer()
    await join(it, it.shelf, { ticket: it.ticket })
    expect((await next).grants).toContain(Permission.VIEW_SCREEN)
  })

  test('is nothing that an agent has from a customer that cannot come back, or before one came', async () => {
    const it = await house()
    expect(await failure(it.agent.requestRejoin({ reason: 'A driver' }))).toBe('E_NOT_ACTIVE')
    const joined = Customer.join({ transport: it.relay.transport, pin: it.agent.pin.digits, host: it.host, clock: it.clock })
    const session = it.agent.customer()
    consenting(await joined)
    await session
    expect(await failure(it.agent.requestRejoin({ reason: 'A driver' }))).toBe('E_UNSUPPORTED')
  })

  test('RA-SES-168 outlives a customer that is killed, once the broker has given it up', async () => {
    const lines: Connection[] = []
    let dead = false
    const it = await scene(undefined, inner => ({
      open: async (accept, options) => {
        if (dead) throw new Error('the process is dead')
        const line = await inner.open(accept, options)
        lines.push(line)
        return line
      },
    }))
    await it.agent.requestRejoin({ reason: 'A driver' })
    const ticket = await taken(it.shelf)
    dead = true
    lines.at(-1)?.abort()
    await it.clock.advance(it.relay.record.graceMs + 1_000)
    const next = it.agent.customer()
    await join(it, it.shelf, { ticket })
    expect((await next).grants).toContain(Permission.VIEW_SCREEN)
  })
})
