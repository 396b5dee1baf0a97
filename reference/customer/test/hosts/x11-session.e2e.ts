import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { Permission } from '@remote-assist/peer'
import { expect, it } from 'vitest'
import { Seen } from '../../src/host-compliance/support.js'
import { evdevCode } from '../../src/hosts/hid.js'
import { x11Host } from '../../src/hosts/index.js'
import { Device, recordInput } from '../../src/hosts/x11/recorder.js'
import { describeWith } from './needs.js'
import { X_PROGRAMS } from './x-server.js'
import { join, type Stage, spawnAgent, spawnCustomer, stage, startAgent, takeControl, type XSession, xSession } from './x-session.js'
import type { XSetup } from './x-witness.js'

const LEFT_SHIFT = 0xe1
const KEY_A = 0x04
const CONTROL = 0xe0
const ESCAPE = 0x29
/** Bits of an agent's locks. */
const NUM = 1
const CAPS = 2

/** Presses Shift, A and the left button; resolves when the display has them down. */
async function hold({ session, x }: Pick<XSession, 'session' | 'x'>): Promise<void> {
  session.input.down('ShiftLeft')
  session.input.down('KeyA')
  session.input.pointer.move(20, 20)
  session.input.pointer.down()
  await x.witness.untilHeld([KEY_A, LEFT_SHIFT], [0])
}

/** A customer's process whose agent has typed what no key makes, and holds keys and a button. `before` is the keyboard map before that. */
async function typingCustomer({ x, broker }: Stage) {
  // The host that the stage has would be in the way.
  await x.host.close()
  const before = await x.server.run('xmodmap', '-pke')
  await x.witness.focusText()
  const agent = await startAgent(broker)
  const customer = spawnCustomer(x, agent)
  const exited = once(customer, 'exit')
  const session = await takeControl(agent)
  session.input.type('漢字😀')
  await x.terminal.until(text => text === '漢字😀')
  await hold({ session, x })
  return {
    before,
    async end(who: 'customer' | 'customer and guard') {
      const guard = await guardOf(customer)
      if (who === 'customer and guard') process.kill(guard, 'SIGKILL')
      customer.kill('SIGKILL')
      await exited
    },
    async [Symbol.asyncDispose]() {
      customer.kill('SIGKILL')
      await exited
      await agent.close()
    },
  }
}

/** The process that a customer's process has beside it. */
async function guardOf({ pid }: ChildProcess): Promise<number> {
  const guard = Number((await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim())
  expect(guard).toBeGreaterThan(0)
  return guard
}

/** How what is held loses its holder. */
const ENDS: Readonly<Record<string, (session: XSession) => unknown>> = {
  'the customer pauses': ({ customer }) => customer.pause(),
  'the customer stops': ({ customer }) => customer.stop(),
  'control is revoked': ({ customer, session }) => customer.revoke(Permission.CONTROL_INPUT, session.self),
  'the agent is removed': ({ customer, session }) => customer.remove(session.self),
  'the agent leaves': ({ session }) => session.leave(),
  'the agent gives control back': ({ session }) => session.control.release(),
  'the window of the agent loses the focus': ({ session }) => session.input.releaseAll(),
  'the agent’s line drops': ({ agent }) => agent.dropLine(),
  'the customer’s line drops': ({ customer }) => customer.dropLine(),
  'the broker ends': ({ broker }) => broker.close(),
  'the local user moves the mouse': ({ x }) => x.witness.moveMouse(),
}

describeWith([...X_PROGRAMS, 'xmodmap'], 'nothing stays pressed on an X display', () => {
  it.each(Object.entries(ENDS))('when %s (RA-INP-043, RA-INP-044)', async (_, end) => {
    await using session = await xSession()
    await hold(session)
    await end(session)
    await session.x.witness.untilHeld([], [])
  })

  it('when the agent’s process is killed (RA-INP-043)', async () => {
    await using it = await stage()
    const agent = spawnAgent(it.broker)
    const exited = once(agent, 'exit')
    const [url] = await once(createInterface(agent.stdout as NodeJS.ReadableStream), 'line')
    const customer = await join(it, url)
    await it.x.witness.untilHeld([KEY_A, LEFT_SHIFT], [0])
    agent.kill('SIGKILL')
    await exited
    await it.x.witness.untilHeld([], [])
    customer.stop()
  })

  it('when the customer’s process is killed in mid-press: its guard releases keys and buttons, and takes lent keys back (RA-INP-043)', async () => {
    await using it = await stage()
    await using killed = await typingCustomer(it)
    const { before } = killed
    await killed.end('customer')
    await it.x.witness.untilHeld([], [])
    expect(await it.x.server.run('xmodmap', '-pke')).toBe(before)
  })

  it('when the customer’s process is killed with its guard, and started again (RA-INP-043)', async () => {
    await using it = await stage()
    const { witness, server, terminal } = it.x
    await using killed = await typingCustomer(it)
    const { before } = killed
    await killed.end('customer and guard')
    // Nobody is left who could release them; and nobody has.
    await witness.holds([KEY_A, LEFT_SHIFT], [0])
    expect(await server.run('xmodmap', '-pke')).not.toBe(before)

    const agent = await startAgent(it.broker)
    const restarted = spawnCustomer(it.x, agent)
    const ended = once(restarted, 'exit')
    const session = await takeControl(agent)
    await witness.holds([], [])
    expect(await server.run('xmodmap', '-pke')).toBe(before)
    await terminal.clear()
    session.input.pointer.move(150, 150)
    session.input.type('как новая')
    await terminal.until(text => text === 'как новая')
    const guard = await guardOf(restarted)
    session.leave({ endSession: true })
    await ended
    await expect.poll(() => existsSync(`/proc/${guard}`), { timeout: 10_000 }).toBe(false)
    await agent.close()
  })

  it('a host that begins releases what XTEST holds, and nothing else happens', async () => {
    await using it = await stage()
    const { host, server, witness } = it.x
    await host.input?.key(CONTROL, true)
    await host.input?.button(2, true)
    await witness.holds([CONTROL], [2])
    const other = await x11Host(server.display)
    await witness.holds([], [])
    await other.close()
  })
})

describeWith(X_PROGRAMS, 'the person in front of an X display', () => {
  it('comes first for two seconds, and what the agent did meanwhile never happens (RA-INP-011, RA-INP-012, RA-INP-014)', async () => {
    await using it = await xSession()
    const { session, x } = it
    const heldOff = session.once('control', { which: control => control.heldOff })
    const goesOn = session.once('control', { which: control => control.ours && !control.heldOff })
    session.input.pointer.move(150, 150)
    session.input.type('before')
    await x.terminal.until(text => text === 'before')
    const touchedAt = performance.now()
    await x.witness.moveMouse()
    await heldOff
    expect(() => session.input.type('x')).toThrow(expect.objectContaining({ code: 'E_NOT_IN_CONTROL' }))
    await goesOn
    expect(performance.now() - touchedAt).toBeGreaterThanOrEqual(2_000)
    session.input.type(' and after')
    await x.terminal.until(text => text === 'before and after')
  })

  it.each<readonly [string, (person: XSetup['witness']) => Promise<void>]>([
    ['presses a key', person => person.press('key', KEY_A)],
    ['presses a button', person => person.press('button', 1)],
    ['turns the wheel', person => person.press('button', 5)],
    ['moves the mouse', person => person.moveMouse()],
  ])('%s, and nothing of an agent who goes on sending is seen on the display for two seconds (RA-INP-011, RA-INP-012)', async (_, act) => {
    await using it = await xSession()
    const { session, customer, x } = it
    const seen: { readonly type: number; readonly rootX: number; readonly rootY: number }[] = []
    const recorder = await recordInput(x.server.display, event => seen.push(event))
    let place = 0
    const sending = setInterval(() => {
      try {
        session.input.pointer.move(20 + (place++ % 100), 20)
        session.input.down('ShiftLeft')
        session.input.up('ShiftLeft')
      } catch (error) {
        expect(error).toMatchObject({ code: 'E_NOT_IN_CONTROL' })
      }
    }, 5)
    try {
      await expect.poll(() => seen.length, { timeout: 10_000 }).toBeGreaterThan(20)
      const heldOff = customer.once('control', { which: control => control.heldOff })
      const goesOn = new Promise<typeof seen>(resolve => customer.on('control', control => !control.heldOff && resolve([...seen])))
      await act(x.witness)
      await heldOff
      // What is recorded behind this move was done when the customer knew already that somebody is at work.
      const knownAt = performance.now()
      // It lets go of what the agent held, behind everything that it did for the agent.
      await x.witness.untilHeld([], [])
      await x.witness.moveMouse()
      const recorded = await goesOn
      expect(performance.now() - knownAt).toBeGreaterThanOrEqual(2_000)
      const mark = recorded.findLastIndex(({ type, rootY }) => type === Device.motion && rootY >= 300)
      expect(mark).toBeGreaterThan(0)
      const behind = recorded.slice(mark + 1)
      expect(behind.filter(({ type }) => type !== Device.keyRelease)).toEqual([])
      // One key, that was on its way, may go up behind the move; an agent that is heard lets go of hundreds.
      expect(behind.length).toBeLessThanOrEqual(1)
      await expect.poll(() => seen.length, { timeout: 10_000 }).toBeGreaterThan(recorded.length)
    } finally {
      clearInterval(sending)
      recorder?.stop()
    }
  })

  it('is not seen in what the agent does, however much that is (RA-INP-013)', async () => {
    await using it = await xSession()
    const { session, x } = it
    let changes = 0
    session.on('control', () => changes++)
    for (let i = 0; i < 60; i++) {
      session.input.pointer.move(30 + i, 40)
      session.input.pointer.click(30 + i, 41, { count: 2 })
      session.input.pointer.wheel(0, i % 2 === 0 ? 120 : -120)
      session.input.key('KeyB', ['shift'])
    }
    session.input.type('é漢')
    session.input.pointer.move(5, 5)
    await x.witness.untilHeld([], [])
    expect(changes).toBe(0)
  })
})

describeWith(X_PROGRAMS, 'combinations and locks on an X display', () => {
  it('presses a combination in order and releases it in reverse, before the next event (RA-INP-051, RA-INP-056)', async () => {
    await using it = await xSession()
    const { session, x } = it
    const { strokes, until } = await recordKeys(x)
    const answer = session.sendKeys('ctrl+shift+escape')
    session.input.key('KeyA')
    expect(await answer).toEqual({ ok: true })
    await until(KEY_A, false)
    const combination = [CONTROL, LEFT_SHIFT, ESCAPE]
    const down = combination.map(usage => ({ usage, down: true }))
    const up = combination.toReversed().map(usage => ({ usage, down: false }))
    expect(strokes()).toEqual([...down, ...up, { usage: KEY_A, down: true }, { usage: KEY_A, down: false }])
  })

  it('says why there is no Ctrl+Alt+Del, and presses nothing (RA-INP-052, RA-INP-054, RA-INP-055)', async () => {
    await using it = await xSession()
    const { session, customer, x } = it
    const { strokes, until } = await recordKeys(x)
    expect(session.grants).toContain(Permission.SECURE_KEYS)
    expect(await session.sendKeys('ctrl+alt+delete')).toEqual({ ok: false, reason: 'unsupported' })
    const revoked = session.once('grant')
    customer.revoke(Permission.SECURE_KEYS, session.self)
    await revoked
    expect(await session.sendKeys('ctrl+alt+delete')).toEqual({ ok: false, reason: 'no-grant' })
    session.input.key('KeyA')
    await until(KEY_A, false)
    expect(strokes()).toEqual([
      { usage: KEY_A, down: true },
      { usage: KEY_A, down: false },
    ])
  })

  it('has the locks of the agent whenever it presses a key, and its own otherwise (RA-INP-022, RA-INP-028)', async () => {
    await using it = await xSession()
    const { session, x } = it
    session.input.pointer.move(150, 150)
    for (const locks of [CAPS, 0, CAPS | NUM, undefined, NUM]) {
      for (const key of ['KeyA', 'Numpad1']) {
        session.input.down(key, locks === undefined ? {} : { locks })
        session.input.up(key, locks === undefined ? {} : { locks })
      }
    }
    const [end, one] = ['\x1b[F', '1']
    const expected = `A${end}a${end}A${one}A${one}a${one}`
    await x.terminal.until(text => text === expected)
  })
})

/** What is pressed and released from now on, by HID usage. */
async function recordKeys({ server }: XSetup) {
  const seen = new Seen<{ readonly usage: number; readonly down: boolean }>()
  const usageOf = (keycode: number) => Array.from({ length: 232 }, (_, usage) => usage).find(usage => evdevCode(usage) === keycode - 8) ?? 0
  const recorder = await recordInput(server.display, ({ type, detail }) => {
    if (type === Device.keyPress || type === Device.keyRelease) seen.add({ usage: usageOf(detail), down: type === Device.keyPress })
  })
  return {
    strokes: () => seen.all,
    /** Resolves when a key goes down or up. */
    async until(usage: number, down: boolean): Promise<void> {
      await seen.until(`key ${usage}`, it => it.usage === usage && it.down === down)
      recorder?.stop()
    },
  }
}
