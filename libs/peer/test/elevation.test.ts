/** What an elevated agent runs on the customer's machine. */
import { ElevationPhase, ElevationReason, Permission, Role } from '@remote-assist/codec'
import { CAPABILITY_LIFE_MS, verifyCapability } from '@remote-assist/secure'
import { HIGH_WATER_BYTES } from '@remote-assist/transport'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MAX_WAITING_OUTPUT_BYTES } from '../src/desktop/command-output.js'
import { settle } from './support/clock.js'
import { assisting } from './support/house.js'

const MIB = 1_048_576

/** An agent whose requests for powers are granted. */
async function elevating() {
  const it = await assisting({}, { policy: { maxElevationMs: 3_600_000 } })
  it.customer.on('elevation', question => question.allow())
  await it.session.control.request()
  return it
}

async function elevated(minutes?: number) {
  const it = await elevating()
  const cleo = it.customer.participants.find(({ role }) => role === Role.CUSTOMER)?.participant as number
  return { ...it, cleo, powers: await it.session.elevate({ reason: 'a driver', ...(minutes !== undefined && { minutes }) }) }
}

describe('commands', () => {
  test('RA-ELV-043 get their arguments as they are: no shell parts, expands or unquotes them', async () => {
    const { powers, host } = await elevated()
    const word = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('', ' ', '$HOME', '`id`', '$(id)', '; exit 3', '| cat', '> out', '*', '~', '"', "'", '\\', 'a b\n', '%PATH%', '&'),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(word, { minLength: 1, maxLength: 64 }), async argv => {
        await powers.run(['tool', ...argv.slice(1)])
        expect(host.commands.at(-1)).toEqual(['tool', ...argv.slice(1)])
      }),
      { numRuns: 50 },
    )
  })

  test('RA-ELV-045 RA-ELV-042 are held back while the line takes nothing of their output, and lose no byte of it', async () => {
    const { powers, host, relay, cleo } = await elevated()
    relay.hold(cleo, true)
    const run = powers.run(['print', `${8 * MIB}`])
    await settle()
    const held = host.printed
    // What waits is beyond the limit by less than was printed at once; what the line had room for does not wait.
    expect(held).toBeGreaterThan(MAX_WAITING_OUTPUT_BYTES)
    expect(held).toBeLessThan(MAX_WAITING_OUTPUT_BYTES + 2 * HIGH_WATER_BYTES + 300_000)
    await settle()
    expect(host.printed).toBe(held)
    relay.hold(cleo, false)
    const { exitCode, stdout } = await run
    expect([exitCode, stdout.length]).toEqual([0, 8 * MIB])
    for (let at = 0; at < stdout.length; at += 100_000) expect(stdout[at]).toBe((at / 100_000) & 0xff)
  })

  test('RA-ELV-045 that are held back end with elevation', async () => {
    const { powers, host, relay, cleo, customer, session } = await elevated()
    relay.hold(cleo, true)
    const run = powers.run(['print', `${8 * MIB}`]).catch((error: unknown) => error)
    await settle()
    expect(host.printed).toBeLessThan(8 * MIB)
    customer.dropElevation(session.self)
    await settle()
    // What nobody wants any more is thrown away: the command is not held back by it.
    expect(host.printed).toBe(8 * MIB)
    relay.hold(cleo, false)
    await run
  })
})

describe('a helper', () => {
  test('is shown the session, its key and what the customer signed for this agent; and each that is signed later, as long as it runs', async () => {
    const { session, host, clock, customer, powers } = await elevated(60)
    const [authority] = host.authorities
    if (authority === undefined) throw new Error('It was shown nothing.')
    const verified = (capability: Uint8Array) => verifyCapability(capability, { ...authority, now: clock.date() })
    expect(verified(authority.capability)).toEqual(session.capability?.capability)
    const serials: number[] = []
    for (let i = 0; i < 3; i++) {
      await clock.advance((CAPABILITY_LIFE_MS * 2) / 3)
      const newest = verified(host.renewals.at(-1) as Uint8Array)
      expect(newest).toEqual(session.capability?.capability)
      serials.push(newest.serial)
      expect((await powers.run(['tool'])).exitCode).toBe(3)
    }
    customer.revoke(Permission.CHAT, session.self)
    await settle()
    expect(verified(host.renewals.at(-1) as Uint8Array).permissions).not.toContain(Permission.CHAT)
    expect(new Set(serials).size).toBe(3)
    expect(serials).toEqual(serials.toSorted((a, b) => a - b))
    powers.drop()
    await settle()
    const before = host.renewals.length
    await clock.advance(CAPABILITY_LIFE_MS)
    expect(host.renewals).toHaveLength(before)
  })

  test('that starts late is shown what the customer signed meanwhile', async () => {
    const { session, host, customer } = await elevating()
    let answer = () => {}
    host.answering = new Promise(resolve => {
      answer = resolve
    })
    const asked = session.elevate({ reason: 'a driver' })
    await settle()
    const before = session.capability?.signed
    customer.revoke(Permission.CHAT, session.self)
    await settle()
    expect([host.authorities[0]?.capability, host.renewals]).toEqual([before, []])
    answer()
    await asked
    expect(session.capability?.signed).not.toEqual(before)
    expect(host.renewals).toEqual([session.capability?.signed])
  })
})

describe('a locked screen', () => {
  test('RA-ELV-024 ends elevation, and there is none while it is', async () => {
    const { session, host, customer } = await elevated()
    const over = session.once('elevation', { which: ({ phase }) => phase === ElevationPhase.REVOKED })
    host.lock(true)
    expect(await over).toMatchObject({ reason: ElevationReason.LOCKED })
    await expect(session.elevate({ reason: 'again' })).rejects.toMatchObject({ code: 'E_ELEVATION' })
    host.lock(false)
    await session.elevate({ reason: 'again' })
    await customer.close()
    // Nobody listens to it any more.
    host.lock(true)
  })
})

describe('the question to the customer', () => {
  test('RA-ELV-004 is not answered by what the agent does: nothing is injected while it is open, not even what was under way', async () => {
    const { session, customer, host } = await assisting()
    await session.screens.show(7)
    await session.control.request()
    let open = () => {}
    host.gate = new Promise(resolve => {
      open = resolve
    })
    const asked = customer.once('elevation')
    session.input.type('one')
    session.input.type('two')
    const answer = session.elevate({ reason: 'trust me' })
    const question = await asked
    session.input.type('yes\n')
    session.input.key('Enter')
    session.input.pointer.click(10, 10)
    open()
    await settle()
    // The host was at work on the first when the question came.
    expect(host.done).toEqual([{ text: 'one' }])
    question.deny()
    await expect(answer).rejects.toMatchObject({ code: 'E_DENIED' })
    session.input.type('afterwards')
    await settle()
    expect(host.done).toEqual([{ text: 'one' }, { text: 'afterwards' }])
  })
})
